//! Ctrl-C, or the SIGTERM of a service manager.

use tokio::signal;

/// Listens from the moment it is made, so that a signal that comes right after the start is heard.
pub struct StopSignal {
    #[cfg(unix)]
    signals: Vec<signal::unix::Signal>,
}

#[cfg(unix)]
impl StopSignal {
    /// Starts to listen.
    pub fn listen() -> Self {
        use signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        let signals = kinds.into_iter().filter_map(|kind| {
            signal(kind)
                .inspect_err(|error| tracing::warn!(%error, "cannot listen for a signal"))
                .ok()
        });
        Self { signals: signals.collect() }
    }

    /// Returns when one came.
    pub async fn wait(mut self) {
        std::future::poll_fn(|context| {
            let came = self.signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
}

#[cfg(not(unix))]
impl StopSignal {
    /// Starts to listen.
    pub fn listen() -> Self {
        Self {}
    }

    /// Returns when one came.
    pub async fn wait(self) {
        if signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
