//! Buffers that were read into and are read into again: each worker keeps a few, so that lines that
//! wait or rest hold none.

use std::cell::RefCell;
use std::collections::VecDeque;

use tokio_util::bytes::BytesMut;

/// What one worker has in its hands at the same time, about.
const MOST: usize = 4;

thread_local! {
    static SPARE: RefCell<VecDeque<BytesMut>> = const { RefCell::new(VecDeque::new()) };
}

/// The one that was given back the longest ago. What was read into it is gone by now, mostly; if not,
/// it takes memory of its own when it is [reserved](BytesMut::reserve).
pub(super) fn take() -> BytesMut {
    SPARE.with_borrow_mut(VecDeque::pop_front).unwrap_or_default()
}

/// Gives one back in which there is nothing any more.
pub(super) fn give_back(buffer: BytesMut) {
    SPARE.with_borrow_mut(|spare| {
        if spare.len() < MOST {
            spare.push_back(buffer);
        }
    });
}
