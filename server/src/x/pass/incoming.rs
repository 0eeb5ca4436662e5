//! X's answer as it is read: the head, and how the body that follows is told from the next answer
//! (RFC 9112 §6.3). Strict: what could be read in two ways is not read at all.

use std::mem::MaybeUninit;
use std::ops::Range;

use hyper::header::{
    AGE, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER,
};
use hyper::{Method, StatusCode};
use smallvec::SmallVec;
use tokio_util::bytes::{Buf as _, Bytes, BytesMut};

/// The largest head.
pub(super) const HEAD_BYTES: usize = 64 * 1024;
const HEADERS: usize = 100;
/// As many headers as X's answers usually have of those that are kept.
const ROOM: usize = 12;
/// The longest line before a chunk, and all trailers together.
const CHUNK_LINE: usize = 4 * 1024;

/// A head, as much of it as anybody here asks for.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) framing: Framing,
    /// The line may be used again when the body was read to its end.
    pub(super) keeps: bool,
}

/// Headers, and where in the text of a head their values stand.
type Kept = SmallVec<[(HeaderName, Range<usize>); ROOM]>;

/// Where the body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// Where the chunks say so.
    Chunked(Chunk),
    /// Where the line ends.
    UntilClose,
}

/// What comes next of a body in chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    Size,
    Data(u64),
    /// The end of the line behind the data.
    Line,
    Trailers,
    Over,
}

/// What was read is no HTTP, or none that means one thing only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Garbled;

impl Head {
    /// Takes a head off the buffer; `None` when it is not all there. Interim answers are skipped. Its
    /// headers are added to `headers`.
    pub(super) fn take(
        buffer: &mut BytesMut,
        method: &Method,
        headers: &mut HeaderMap,
    ) -> Result<Option<Self>, Garbled> {
        loop {
            if buffer.is_empty() {
                return Ok(None);
            }
            let mut lines = [const { MaybeUninit::uninit() }; HEADERS];
            let mut parsed = httparse::Response::new(&mut []);
            let strict = httparse::ParserConfig::default();
            let read = strict.parse_response_with_uninit_headers(&mut parsed, buffer, &mut lines);
            let end = match read {
                Ok(httparse::Status::Complete(end)) if end <= HEAD_BYTES => end,
                Ok(httparse::Status::Partial) if buffer.len() < HEAD_BYTES => return Ok(None),
                _ => return Err(Garbled),
            };
            let (head, kept) = Self::read(&parsed, buffer, method)?;
            let text = buffer.split_to(end).freeze();
            for (name, at) in kept {
                let value = HeaderValue::from_maybe_shared(text.slice(at)).map_err(|_| Garbled)?;
                headers.append(name, value);
            }
            // 101 would make it another protocol, which nobody asked for.
            if head.status == StatusCode::SWITCHING_PROTOCOLS {
                return Err(Garbled);
            }
            if !head.status.is_informational() {
                return Ok(Some(head));
            }
            headers.clear();
        }
    }

    /// A head without its headers, and where in the text those stand that are kept: they become parts
    /// of it, and no copies.
    fn read(
        parsed: &httparse::Response<'_, '_>,
        text: &[u8],
        method: &Method,
    ) -> Result<(Self, Kept), Garbled> {
        let status = StatusCode::from_u16(parsed.code.ok_or(Garbled)?).map_err(|_| Garbled)?;
        let new = parsed.version == Some(1);
        let (mut kept, mut keeps) = (Kept::new(), new);
        let (mut length, mut coding) = (None, None);
        let place = |value: &[u8]| {
            let start = value.as_ptr().addr() - text.as_ptr().addr();
            start..start + value.len()
        };
        for line in parsed.headers.iter() {
            let is = |name: &str| line.name.eq_ignore_ascii_case(name);
            if is("content-length") {
                let own = read_length(line.value).ok_or(Garbled)?;
                match length.replace((own, place(line.value))) {
                    Some((other, _)) if other != own => return Err(Garbled),
                    _ => {}
                }
            } else if is("transfer-encoding") {
                // Twice, or another one than this, and nobody would undo it.
                if coding.replace(()).is_some() || !line.value.eq_ignore_ascii_case(b"chunked") {
                    return Err(Garbled);
                }
            } else if is("connection") {
                let mut words = line.value.split(|byte| *byte == b',');
                keeps &= !words.any(|word| word.trim_ascii().eq_ignore_ascii_case(b"close"));
            } else if let Some(name) = wanted(line.name) {
                kept.push((name, place(line.value)));
            }
        }
        let bodiless = *method == Method::HEAD
            || status.is_informational()
            || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let framing = match (coding, &length) {
            (Some(()), _) if !new => return Err(Garbled),
            _ if bodiless => Framing::Length(0),
            (Some(()), _) => Framing::Chunked(Chunk::Size),
            (None, Some((length, _))) => Framing::Length(*length),
            (None, None) => Framing::UntilClose,
        };
        // A body where none can be: it may come yet.
        let surplus = status == StatusCode::NO_CONTENT
            && (coding.is_some() || length.as_ref().is_some_and(|(length, _)| *length > 0));
        keeps &= !surplus;
        // Both lengths are a sign of somebody between who reads otherwise (RFC 9112 §6.3).
        keeps &= framing != Framing::UntilClose && !(coding.is_some() && length.is_some());
        if let (None, Some((_, at))) = (coding, length) {
            kept.push((CONTENT_LENGTH, at));
        }
        Ok((Self { status, framing, keeps }, kept))
    }
}

/// Digits alone: no sign, no list.
fn read_length(value: &[u8]) -> Option<u64> {
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    digits.then(|| std::str::from_utf8(value).ok()?.parse().ok()).flatten()
}

/// The names that pass, and those that somebody here learns from. All others are left where they
/// are: what passes is decided in `proxy::headers`, once more.
fn wanted(name: &str) -> Option<HeaderName> {
    const fn own(name: &'static str) -> (&'static str, HeaderName) {
        (name, HeaderName::from_static(name))
    }
    static NAMES: [(&str, HeaderName); 10] = [
        ("content-type", CONTENT_TYPE),
        ("date", DATE),
        ("content-encoding", CONTENT_ENCODING),
        ("retry-after", RETRY_AFTER),
        ("age", AGE),
        own("x-access-level"),
        own("x-transaction-id"),
        own("x-rate-limit-limit"),
        own("x-rate-limit-remaining"),
        own("x-rate-limit-reset"),
    ];
    if let Some((_, known)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(known.clone());
    }
    let limit = name.get(..13).is_some_and(|start| start.eq_ignore_ascii_case("x-rate-limit-"));
    if limit { HeaderName::from_bytes(name.as_bytes()).ok() } else { None }
}

/// What there is of a body in the buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    Data(Bytes),
    /// More has to be read; at most so much of it is of this body, when that is known.
    More(Option<u64>),
    End,
}

impl Framing {
    /// Whether nothing more comes.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunk::Over))
    }

    /// Takes what there is off the buffer.
    pub(super) fn take(&mut self, buffer: &mut BytesMut) -> Result<Part, Garbled> {
        match self {
            Self::Length(0) => Ok(Part::End),
            Self::Length(left) => Ok(take_data(left, buffer)),
            Self::Chunked(chunk) => chunk.take(buffer),
            Self::UntilClose if buffer.is_empty() => Ok(Part::More(None)),
            Self::UntilClose => Ok(Part::Data(buffer.split().freeze())),
        }
    }
}

fn take_data(left: &mut u64, buffer: &mut BytesMut) -> Part {
    if buffer.is_empty() {
        return Part::More(Some(*left));
    }
    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(buffer.len());
    *left -= count as u64;
    Part::Data(buffer.split_to(count).freeze())
}

impl Chunk {
    fn take(&mut self, buffer: &mut BytesMut) -> Result<Part, Garbled> {
        loop {
            match self {
                Self::Data(left) => {
                    let part = take_data(left, buffer);
                    if *left == 0 {
                        *self = Self::Line;
                    }
                    return Ok(part);
                }
                Self::Over => return Ok(Part::End),
                // httparse takes no digits for zero.
                Self::Size if buffer.first().is_some_and(|digit| !digit.is_ascii_hexdigit()) => {
                    return Err(Garbled);
                }
                Self::Size => match httparse::parse_chunk_size(buffer) {
                    Ok(httparse::Status::Complete((end, size))) if end <= CHUNK_LINE => {
                        buffer.advance(end);
                        *self = if size == 0 { Self::Trailers } else { Self::Data(size) };
                    }
                    Ok(httparse::Status::Partial) if buffer.len() < CHUNK_LINE => {
                        return Ok(Part::More(None));
                    }
                    _ => return Err(Garbled),
                },
                Self::Line => {
                    let Some(end) = buffer.get(..2) else { return Ok(Part::More(None)) };
                    if end != b"\r\n" {
                        return Err(Garbled);
                    }
                    buffer.advance(2);
                    *self = Self::Size;
                }
                // None of the headers that pass.
                Self::Trailers => {
                    let mut lines = [httparse::EMPTY_HEADER; HEADERS];
                    match httparse::parse_headers(buffer, &mut lines) {
                        Ok(httparse::Status::Complete((end, _))) if end <= CHUNK_LINE => {
                            buffer.advance(end);
                            *self = Self::Over;
                        }
                        Ok(httparse::Status::Partial) if buffer.len() < CHUNK_LINE => {
                            return Ok(Part::More(None));
                        }
                        _ => return Err(Garbled),
                    }
                }
            }
        }
    }
}

/// Status and body of an answer that comes in parts of this size, and whether it came whole; `None`
/// when it is garbled. For those who try what they like.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn read_whole(
    text: &[u8],
    method: &Method,
    size: usize,
) -> Option<(u16, Vec<u8>, bool)> {
    let (mut buffer, mut body, mut head) = (BytesMut::new(), Vec::new(), None);
    let mut parts = text.chunks(size);
    loop {
        let more = match &mut head {
            None => {
                head = Head::take(&mut buffer, method, &mut HeaderMap::new()).ok()?;
                head.is_none()
            }
            Some(Head { status, framing, .. }) => match framing.take(&mut buffer).ok()? {
                Part::Data(data) => {
                    body.extend_from_slice(&data);
                    false
                }
                Part::End => return Some((status.as_u16(), body, true)),
                Part::More(_) => true,
            },
        };
        if more {
            match parts.next() {
                Some(part) => buffer.extend_from_slice(part),
                None => return Some((head.map_or(0, |head| head.status.as_u16()), body, false)),
            }
        }
    }
}

#[cfg(test)]
#[path = "incoming_tests.rs"]
mod tests;
