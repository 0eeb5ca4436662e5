//! The API as a client meets it: every route, every role, and what must never be seen.

mod apps;
mod audit;
mod authorizations;
mod clock;
mod connections;
mod doctor;
mod failures;
mod flow;
mod guard;
mod history;
mod manager;
mod matrix;
mod moves;
mod proxy;
mod races;
mod raw;
mod repair;
mod reverts;
mod secrets;
mod session;
mod signing;
mod start;
mod status;
mod tasks;
mod trials;
mod versions;
