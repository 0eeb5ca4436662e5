//! What X bills for, by its list of August 2026: the one table that tasks, the signing proxy and the
//! caps of task keys go by. In millionths of a US dollar.

/// A post without a URL, and any other change.
pub const POST_MICROS: u64 = 15_000;
/// A post that holds a URL.
pub const POST_WITH_URL_MICROS: u64 = 200_000;
/// One direct message, sent or read.
pub const MESSAGE_MICROS: u64 = 15_000;
/// One account read.
pub const USER_READ_MICROS: u64 = 10_000;
/// One post read.
pub const POST_READ_MICROS: u64 = 5_000;
