//! Every route and every layer, on one screen.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use hyper::Request;
use hyper::body::Incoming;
use pinfold_api::paths;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, SecurityRequirement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::audit;
use crate::cors;
use crate::layers;
use crate::proxy;
use crate::routes::{
    self, Peer, apps, authorizations, connection_bulk, connection_list, connections, keys, oidc,
    pages, session, sessions, status, tasks, versions, webhooks, workspaces,
};
use crate::serve::Answers;
use crate::state::AppState;

/// What the accept loop asks: the signing proxy has a lane of its own, everything else goes by the
/// layers and routes below.
#[derive(Clone)]
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
        if proxy::takes(&request) {
            return proxy::answer(&self.state, request, peer.ip()).await;
        }
        request.extensions_mut().insert(Peer(peer));
        // In a box, or each connection would hold the room for it while the lane above works.
        let Ok(response) = Box::pin(self.router.clone().oneshot(request)).await;
        response
    }
}

/// The service: routes inside, layers outside.
fn router(state: AppState) -> Router {
    let (router, mut openapi) = api();
    routes::proxy::describe(&mut openapi);
    let methods = cors::Methods::of(&openapi);
    let openapi = Bytes::from(serde_json::to_vec(&openapi).expect("a description is JSON"));
    let describe = || async { ([(CONTENT_TYPE, "application/json")], openapi) };
    router
        .route(paths::OPENAPI, get(describe))
        .route(paths::OIDC, get(oidc::begin))
        .route(paths::OIDC_CALLBACK, get(oidc::callback))
        .fallback(pages::fallback)
        .method_not_allowed_fallback(pages::method_not_allowed)
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn_with_state(state.clone(), layers::guard))
        .layer(from_fn_with_state((state.clone(), methods), cors::open))
        .layer(from_fn_with_state(state.clone(), layers::protect))
        .layer(from_fn_with_state(state.clone(), audit::witness))
        .layer(from_fn(layers::observe))
        .with_state(state)
}

fn api() -> (Router<AppState>, OpenApi) {
    OpenApiRouter::with_openapi(description())
        .routes(routes!(session::post, session::get, session::delete))
        .routes(routes!(session::ways))
        .routes(routes!(sessions::list, sessions::post))
        .routes(routes!(sessions::delete))
        .routes(routes!(workspaces::list, workspaces::post))
        .routes(routes!(workspaces::get, workspaces::patch))
        .routes(routes!(workspaces::post_key))
        .routes(routes!(webhooks::list, webhooks::post))
        .routes(routes!(webhooks::delete))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(authorizations::post))
        .routes(routes!(authorizations::get, authorizations::delete))
        .routes(routes!(authorizations::post_pin))
        .routes(routes!(connection_list::list, connections::post))
        .routes(routes!(connection_list::groups))
        .routes(routes!(connection_bulk::post))
        .routes(routes!(connections::get, connections::patch, connections::delete))
        .routes(routes!(connections::post_clone))
        .routes(routes!(connections::post_test))
        .routes(routes!(versions::get_of_connection))
        .routes(routes!(versions::revert_connection))
        .routes(routes!(versions::get_deleted))
        .routes(routes!(routes::audit::get))
        .routes(routes!(apps::list, apps::post))
        .routes(routes!(apps::get, apps::patch, apps::delete))
        .routes(routes!(apps::post_test))
        .routes(routes!(apps::post_registered_test))
        .routes(routes!(apps::get_versions))
        .routes(routes!(apps::post_revert))
        .routes(routes!(keys::list, keys::post))
        .routes(routes!(keys::delete))
        .routes(routes!(keys::usages))
        .routes(routes!(tasks::list))
        .routes(routes!(tasks::post))
        .routes(routes!(tasks::weigh))
        .routes(routes!(routes::export::post))
        .routes(routes!(routes::import::post))
        .routes(routes!(status::healthz))
        .routes(routes!(status::readyz))
        .routes(routes!(status::metrics))
        .split_for_parts()
}

/// What `/openapi.json` says besides the routes.
fn description() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Pinfold")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Connect X accounts, and use the connections. Errors are RFC 9457 problems.",
        ))
        .build();
    let mut openapi = OpenApiBuilder::new()
        .info(info)
        .security(Some([
            SecurityRequirement::new("bearer", [] as [&str; 0]),
            SecurityRequirement::new("cookie", [] as [&str; 0]),
        ]))
        .build();
    let components = openapi.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The access key or a session token"))
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description("pinfold", "`__Host-pinfold` over https");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    openapi
}
