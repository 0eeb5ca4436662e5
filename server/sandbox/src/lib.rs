//! The imitation of X.
