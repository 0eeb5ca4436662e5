//! How `/openapi.json` describes the signing proxy. It is answered by [`crate::proxy`], which goes by
//! none of the router's layers, so it is no route of the router.

use pinfold_api::{Problem, paths};
use utoipa::Path as _;
use utoipa::openapi::{HttpMethod, OpenApi};

/// Sign a call and pass it on to X.
///
/// The path is X's own, below `/2/` or `/1.1/`, spelled with letters, digits and `. _ ~ -` only. The
/// query is signed; so is a body of `application/x-www-form-urlencoded`. Any other body streams
/// through unsigned, as X wants it. Of the request's headers `accept`, `content-type` and
/// `content-length` pass. An answer of X's comes back as it is; an answer of the server's own is a
/// problem and has a `pinfold-error` header with its code.
#[utoipa::path(
    get,
    path = paths::CONNECTION_PROXY,
    tag = "proxy",
    params(
        ("id" = String, Path, description = "The connection's UUIDv7"),
        ("path" = String, Path, description = "X's path without its first slash, as in `2/users/me`"),
    ),
    responses(
        (status = "default", description = "X's answer, status and body unchanged"),
        (status = 400, description = "The path or the parameters cannot be passed on", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No session and no key", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The key does not cover this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such connection", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "A cap of the key is reached", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "X's answer makes no sense", body = Problem, content_type = "application/problem+json"),
        (status = 504, description = "X cannot be reached", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[expect(dead_code, reason = "a description; the lane answers")]
fn pass() {}

/// Adds the proxy, one operation a method.
pub fn describe(openapi: &mut OpenApi) {
    let methods = [
        (HttpMethod::Get, "get"),
        (HttpMethod::Head, "head"),
        (HttpMethod::Post, "post"),
        (HttpMethod::Put, "put"),
        (HttpMethod::Patch, "patch"),
        (HttpMethod::Delete, "delete"),
    ];
    for (method, name) in methods {
        let mut operation = __path_pass::operation();
        operation.operation_id = Some(format!("proxy_{name}"));
        openapi.paths.add_path_operation(paths::CONNECTION_PROXY, vec![method], operation);
    }
}
