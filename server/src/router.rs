//! The table of [`api`] and what else is answered, inside the layers.

use std::net::SocketAddr;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use hyper::Request;
use hyper::body::Incoming;
use pinfold_api::paths;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use crate::api;
use crate::audit;
use crate::cors;
use crate::layers;
use crate::openapi;
use crate::proxy;
use crate::routes::{oidc, pages};
use crate::serve::Answers;
use crate::session::Peer;
use crate::state::AppState;

/// What the accept loop asks: the signing proxy has a lane of its own, everything else goes by the
/// layers and routes below.
pub struct Front {
    state: AppState,
    router: Router,
}

impl Front {
    /// All of one server.
    pub fn new(state: AppState) -> Self {
        Self { router: router(state.clone()), state }
    }
}

impl Answers for Front {
    async fn answer(&self, mut request: Request<Incoming>, peer: SocketAddr) -> Response {
        let peer = Peer::of(&self.state.proxies, request.headers(), peer.ip());
        if proxy::takes(&request) {
            return proxy::answer(&self.state, request, peer).await;
        }
        request.extensions_mut().insert(peer);
        // In a box, or each connection would hold the room for it while the lane above works.
        let Ok(response) = Box::pin(self.router.clone().oneshot(request)).await;
        response
    }
}

/// The service: routes inside, layers outside.
fn router(state: AppState) -> Router {
    api::routes()
        .route(paths::OPENAPI, get(openapi::get))
        .route(paths::OIDC, get(oidc::begin))
        .route(paths::OIDC_CALLBACK, get(oidc::callback))
        .fallback(pages::fallback)
        .method_not_allowed_fallback(pages::method_not_allowed)
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn_with_state(state.clone(), layers::guard))
        .layer(from_fn_with_state(state.clone(), cors::open))
        .layer(from_fn_with_state(state.clone(), layers::protect))
        .layer(from_fn_with_state(state.clone(), audit::witness))
        .layer(from_fn_with_state(state.clone(), layers::observe))
        .with_state(state)
}
