//! A caller who leaves while it is answered. hyper would look for that by a read, for which it makes
//! 8 KB ready at each call; a look at one byte that stays where it is finds it as well.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// A connection that is broken when its caller has left (to be served with hyper's `half_close`).
///
/// It looks when it is flushed, which hyper does whenever it waits for an answer.
#[derive(Debug)]
pub(crate) struct Hangup {
    stream: TcpStream,
    /// The task is woken by what comes next.
    waits: bool,
}

impl Hangup {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, waits: false }
    }

    /// Nothing came since the task began to wait: it asks neither the kernel nor a lock.
    fn is_quiet(&self) -> bool {
        self.waits && self.stream.try_io(Interest::READABLE, || Ok(())).is_err()
    }

    /// Looks at what stands where the next request would be.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut byte = [MaybeUninit::uninit()];
        let peeked = self.stream.poll_peek(cx, &mut ReadBuf::uninit(&mut byte));
        self.waits = peeked.is_pending();
        match peeked {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(_)) | Poll::Pending => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncRead for Hangup {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_quiet() {
            return Poll::Pending;
        }
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.waits = read.is_pending();
        read
    }
}

impl AsyncWrite for Hangup {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        piece: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, piece)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_quiet() { Poll::Ready(Ok(())) } else { self.poll_end(cx) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
