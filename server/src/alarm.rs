//! A deadline that every request moves and hardly any one reaches.
//!
//! Moving it costs nothing: the timer beneath stays where it is, and when it rings it is set to where
//! the deadline is by then. A timer that is made and put away for each request costs 0.1 µs.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::clock::last_instant;

/// A deadline, and a timer that does not ring after it.
#[derive(Debug)]
pub(crate) struct Alarm {
    deadline: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Alarm {
    /// Rings then.
    pub(crate) fn at(deadline: Instant) -> Self {
        Self { deadline, timer: Box::pin(sleep_until(deadline)) }
    }

    /// Rings then instead.
    pub(crate) fn set(&mut self, deadline: Instant) {
        self.deadline = deadline;
        if deadline < self.timer.deadline() {
            self.timer.as_mut().reset(deadline);
        }
    }

    /// Ready when the deadline is over.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            if self.timer.deadline() >= self.deadline {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(self.deadline);
        }
    }
}

/// hyper's timer for one connection: all that it waits for there shares one alarm.
#[derive(Debug)]
pub(crate) struct ConnectionTimer(Arc<Mutex<Alarm>>);

impl ConnectionTimer {
    /// Its first deadline is so far away, about.
    pub(crate) fn new(usual: Duration) -> Self {
        Self(Arc::new(Mutex::new(Alarm::at(Instant::now() + usual))))
    }
}

impl hyper::rt::Timer for ConnectionTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep_until(std::time::Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: std::time::Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(Wait { deadline: deadline.into(), alarm: Arc::clone(&self.0) })
    }

    fn now(&self) -> std::time::Instant {
        last_instant()
    }
}

struct Wait {
    deadline: Instant,
    alarm: Arc<Mutex<Alarm>>,
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut alarm = self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        alarm.set(self.deadline);
        alarm.poll(cx)
    }
}

impl hyper::rt::Sleep for Wait {}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use hyper::rt::Timer as _;

    use super::*;

    const MOMENT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_hours(1);

    async fn rings_after(alarm: &mut Alarm) -> Duration {
        let begun = Instant::now();
        poll_fn(|cx| alarm.poll(cx)).await;
        begun.elapsed()
    }

    #[tokio::test]
    async fn it_rings_where_it_was_set_last() {
        let mut alarm = Alarm::at(Instant::now() + MOMENT);
        alarm.set(Instant::now() + 4 * MOMENT);
        assert!(rings_after(&mut alarm).await >= 4 * MOMENT, "later");
        alarm.set(Instant::now() + LONG);
        alarm.set(Instant::now() + 2 * MOMENT);
        let after = rings_after(&mut alarm).await;
        assert!(after >= 2 * MOMENT && after < LONG, "after it rang, and sooner");
        poll_fn(|cx| alarm.poll(cx)).await;
    }

    #[tokio::test]
    async fn what_hyper_waits_for_at_the_same_time_rings_each_at_its_own_time() {
        let timer = ConnectionTimer::new(MOMENT);
        let begun = Instant::now();
        let wait = async |after: Duration| {
            timer.sleep(after).await;
            begun.elapsed()
        };
        let (later, sooner) = tokio::join!(wait(8 * MOMENT), wait(2 * MOMENT));
        assert!(later >= 8 * MOMENT && sooner >= 2 * MOMENT && sooner < later);
    }
}
