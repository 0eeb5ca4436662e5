//! Listens, routes, and keeps foreign pages out.
//!
//! An accept loop of its own, since a misbehaving provider resets connections and axum's cannot.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::clock::http_date;
use crate::dialect::with;
use crate::misbehave::{Step, perform};
use crate::provider::Provider;
use crate::routes::{access_token, api, authorize, control, lists, request_token, revoke, social};
use crate::{chance, dialect};

const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a stop waits for answers under way.
const DRAIN: Duration = Duration::from_secs(1);

/// Every route and every layer.
pub(crate) fn router(provider: Arc<Provider>) -> Router {
    let told = |step| from_fn_with_state((provider.clone(), step), perform);
    Router::new()
        .route(
            "/oauth/request_token",
            post(request_token::issue).route_layer(told(Step::RequestToken)),
        )
        .route("/oauth/authorize", get(authorize::ask).post(authorize::decide))
        .route("/oauth/authenticate", get(authorize::ask))
        .route("/oauth/authorize/misbehave", post(authorize::misbehave))
        .route(
            "/oauth/access_token",
            post(access_token::exchange).route_layer(told(Step::AccessToken)),
        )
        .route(
            "/1.1/oauth/invalidate_token.json",
            post(revoke::invalidate).route_layer(told(Step::Revoke)),
        )
        .route(
            "/1.1/account/verify_credentials.json",
            get(api::verify_credentials).route_layer(told(Step::Api)),
        )
        .route("/2/users/me", get(api::me).route_layer(told(Step::Api)))
        .route("/2/tweets", post(api::publish).route_layer(told(Step::Api)))
        .route("/2/tweets/{id}", get(api::read).delete(api::delete).route_layer(told(Step::Api)))
        .route("/2/users/by/username/{name}", get(social::by_name).route_layer(told(Step::Api)))
        .route("/2/users/{id}/likes", post(social::like).route_layer(told(Step::Api)))
        .route("/2/users/{id}/likes/{post}", delete(social::unlike).route_layer(told(Step::Api)))
        .route("/2/users/{id}/retweets", post(social::retweet).route_layer(told(Step::Api)))
        .route(
            "/2/users/{id}/retweets/{post}",
            delete(social::unretweet).route_layer(told(Step::Api)),
        )
        .route(
            "/2/users/{id}/following",
            get(lists::friends).post(social::follow).route_layer(told(Step::Api)),
        )
        .route(
            "/2/users/{id}/following/{user}",
            delete(social::unfollow).route_layer(told(Step::Api)),
        )
        .route("/2/users/{id}/followers", get(lists::followers).route_layer(told(Step::Api)))
        .route("/2/users/{id}/tweets", get(lists::posted).route_layer(told(Step::Api)))
        .route("/2/users/{id}/mentions", get(lists::mentions).route_layer(told(Step::Api)))
        .route(
            "/2/users/{id}/timelines/reverse_chronological",
            get(lists::home).route_layer(told(Step::Api)),
        )
        .route("/2/tweets/search/recent", get(lists::search).route_layer(told(Step::Api)))
        .route("/2/dm_events", get(lists::messages).route_layer(told(Step::Api)))
        .route(
            "/2/dm_conversations/with/{user}/messages",
            post(social::message).route_layer(told(Step::Api)),
        )
        .route("/sandbox/state", get(control::state))
        .route("/sandbox/misbehave", post(control::misbehave).delete(control::behave))
        .route("/sandbox/authorize", post(control::authorize))
        .route("/sandbox/app", post(control::change_app))
        .route("/sandbox/apps", post(control::add_app))
        .route("/sandbox/limits", post(control::change_limits))
        .route("/sandbox/credit", post(control::change_credit))
        .route_layer(from_fn_with_state(provider.clone(), count))
        .fallback(|| async { dialect::not_found() })
        .layer(from_fn(guard))
        .layer(from_fn_with_state(provider.clone(), stamp))
        .with_state(provider)
}

/// Counts requests for `/sandbox/state`. Known methods and paths only: anything else would let
/// clients fill the memory.
async fn count(
    State(provider): State<Arc<Provider>>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method();
    if [Method::GET, Method::POST, Method::DELETE].contains(method) {
        let key = format!("{method} {}", path.as_str());
        provider.with(|inner| *inner.requests.entry(key).or_default() += 1);
    }
    next.run(request).await
}

/// Every answer of X has a date and a transaction id.
async fn stamp(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let response = with(response, "x-transaction-id", &chance::word(16).to_ascii_lowercase());
    if response.headers().contains_key(header::DATE) {
        return response;
    }
    with(response, "date", &http_date(provider.clock.seconds()))
}

/// A page of another site can send requests here. It cannot read the answers, and with this it
/// cannot change anything either, not even by making its own name mean 127.0.0.1.
async fn guard(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = text(headers, header::HOST.as_str());
    if !host.is_some_and(is_loopback) {
        return (StatusCode::MISDIRECTED_REQUEST, "not a loopback host\n").into_response();
    }
    let own = |origin: &str| host.is_some_and(|host| origin == format!("http://{host}"));
    let foreign = text(headers, "origin").is_some_and(|origin| !own(origin))
        || text(headers, "sec-fetch-site")
            .is_some_and(|site| !["same-origin", "none"].contains(&site));
    if foreign && !request.method().is_safe() {
        return (StatusCode::FORBIDDEN, "refused: sent by another site\n").into_response();
    }
    next.run(request).await
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_loopback(authority: &str) -> bool {
    let port = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
    let host = &authority[..port.unwrap_or(authority.len())];
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// Marks an answer that is none: the connection is reset instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reset;

impl IntoResponse for Reset {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("told to reset the connection")
    }
}

impl Error for Reset {}

/// Accepts until told to stop, or until nobody is left who could tell.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(converse(stream, router.clone(), stop.clone()));
                }
                // Out of file descriptors, most likely: they come back.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            _ = stop.changed() => return,
        }
    }
}

async fn converse(stream: TcpStream, router: Router, mut stop: watch::Receiver<bool>) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let answer = router.call(request.map(Body::new));
        async move {
            let response = answer.await.map_err(|never| match never {})?;
            let reset = response.extensions().get::<Reset>().copied();
            reset.map_or(Ok(response), Err)
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let outcome = tokio::select! {
        outcome = &mut connection => outcome,
        _ = stop.changed() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            tokio::time::timeout(DRAIN, &mut connection).await.unwrap_or(Ok(()))
        }
    };
    let told = outcome.is_err_and(|error| error.source().is_some_and(<dyn Error>::is::<Reset>));
    if told {
        // Dropped without lingering, a socket is reset rather than closed.
        let stream = connection.into_parts().io.into_inner();
        let _ = stream.set_zero_linger();
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_loopback_names_are_loopback() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.0.0.1", "[::1]:1", "[::1]"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil:1", "10.0.0.1"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
