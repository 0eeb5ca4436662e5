//! One message, one attempt: signed, to an address that may be asked, with an end in time.
//!
//! The name is looked up here and the address that was looked at is the one that is connected to, so
//! a name that leads elsewhere a moment later (DNS rebinding) gains nothing. Redirects are not
//! followed, and of an answer only the status is read.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;
use tower::Service;
use url::{Position, Url};

use super::Reach;

/// All of one attempt: names, TCP, TLS, and the head of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest head of an answer.
const HEAD_BYTES: usize = 16 * 1024;

/// The way to webhooks.
pub struct Post {
    connector: HttpsConnector<Guarded>,
    reach: Arc<Reach>,
}

/// A signed message.
pub struct Message<'a> {
    /// Its `webhook-id`: the same at each attempt.
    pub id: &'a str,
    /// When it is sent, in seconds since 1970.
    pub seconds: i64,
    /// Its `webhook-signature`.
    pub signature: &'a str,
    /// JSON.
    pub body: &'a str,
}

/// Why there was no answer, in a few words.
pub type NoAnswer = &'static str;

impl Post {
    /// To public addresses, and to those that are listed.
    pub fn new(reach: Reach) -> Self {
        let reach = Arc::new(reach);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(Guarded(Arc::clone(&reach)));
        Self { connector, reach }
    }

    /// Which addresses may be asked.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Posts a message; answers the HTTP status.
    pub async fn send(&self, url: &str, message: &Message<'_>) -> Result<u16, NoAnswer> {
        let sent = tokio::time::timeout(PATIENCE, self.exchange(url, message));
        sent.await.unwrap_or(Err("no answer in time"))
    }

    async fn exchange(&self, url: &str, message: &Message<'_>) -> Result<u16, NoAnswer> {
        let url = Url::parse(url).map_err(|_| "not a URL")?;
        let uri: Uri = url.as_str().parse().map_err(|_| "not a URL")?;
        let stream = self.connector.clone().call(uri).await.map_err(|error| why(&*error))?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(HEAD_BYTES)
            .handshake(stream)
            .await
            .map_err(|_| "no HTTP")?;
        let _driving = AbortOnDropHandle::new(tokio::spawn(connection));
        let answer = sender.send_request(request(&url, message)?).await;
        Ok(answer.map_err(|_| "the line ended without an answer")?.status().as_u16())
    }
}

fn request(url: &Url, message: &Message<'_>) -> Result<Request<Full<Bytes>>, NoAnswer> {
    const UNFIT: NoAnswer = "cannot be sent";
    let mut request = Request::new(Full::from(message.body.to_owned()));
    *request.method_mut() = hyper::Method::POST;
    *request.uri_mut() =
        url[Position::BeforePath..Position::AfterQuery].parse().map_err(|_| UNFIT)?;
    let host = &url[Position::BeforeHost..Position::AfterPort];
    let fields = [
        (HOST.as_str(), host.to_owned()),
        (CONTENT_TYPE.as_str(), "application/json".to_owned()),
        (USER_AGENT.as_str(), concat!("pinfold/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("webhook-id", message.id.to_owned()),
        ("webhook-timestamp", message.seconds.to_string()),
        ("webhook-signature", message.signature.to_owned()),
    ];
    for (name, value) in fields {
        let name = hyper::header::HeaderName::from_bytes(name.as_bytes()).map_err(|_| UNFIT)?;
        request.headers_mut().insert(name, HeaderValue::try_from(value).map_err(|_| UNFIT)?);
    }
    Ok(request)
}

/// Never the error's own words: they may name what lies behind a name.
fn why(error: &(dyn std::error::Error + 'static)) -> NoAnswer {
    let mut cause = Some(error);
    while let Some(error) = cause {
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::PermissionDenied) => return "its address may not be asked",
            Some(io::ErrorKind::ConnectionRefused) => return "nobody listens there",
            _ => cause = error.source(),
        }
    }
    "no connection"
}

/// TCP to addresses that may be asked, and to no others.
#[derive(Clone)]
struct Guarded(Arc<Reach>);

impl Service<Uri> for Guarded {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let reach = Arc::clone(&self.0);
        Box::pin(async move { dial(&reach, &uri).await })
    }
}

async fn dial(reach: &Reach, uri: &Uri) -> io::Result<TokioIo<TcpStream>> {
    let clear = uri.scheme_str() != Some("https");
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if clear { 80 } else { 443 });
    let mut failed = io::Error::from(io::ErrorKind::PermissionDenied);
    for address in tokio::net::lookup_host((host, port)).await? {
        if !reach.allows(address.ip(), clear) {
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(TokioIo::new(stream)),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}
