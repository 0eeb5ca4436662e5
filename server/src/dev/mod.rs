//! `pinfold dev`: what helps to build and measure Pinfold. Nothing here runs in a server.

mod people;
mod seed;

pub use seed::seed;
