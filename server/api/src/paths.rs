//! Every URL of the API, spelled once. `{id}` is a path parameter; [`with_id`] fills it.

/// Below it is the API.
pub const API: &str = "/api/";
/// The loader of `<pinfold-connect>`.
pub const EMBED: &str = "/embed.js";
/// Where the front end finds the server: `{"server": ""}` is beside it.
pub const PINFOLD_JSON: &str = "/pinfold.json";
/// Sign in (`POST`), who am I (`GET`), sign out (`DELETE`).
pub const SESSION: &str = "/api/v1/session";
/// How one can sign in, for whoever has not (`GET`).
pub const SIGN_IN: &str = "/api/v1/sign-in";
/// Sends the browser to the provider of OpenID Connect (`GET`).
pub const OIDC: &str = "/session/oidc";
/// Where the provider sends it back to (`GET`).
pub const OIDC_CALLBACK: &str = "/session/oidc/callback";
/// Connector sessions and hand-off links: what is live (`GET`), mint (`POST`).
pub const SESSIONS: &str = "/api/v1/sessions";
/// Revoke (`DELETE`).
pub const SESSION_OF: &str = "/api/v1/sessions/{id}";
/// Workspaces: list (`GET`), make (`POST`).
pub const WORKSPACES: &str = "/api/v1/workspaces";
/// Read (`GET`), change (`PATCH`).
pub const WORKSPACE: &str = "/api/v1/workspaces/{id}";
/// Another access key in the place of the one there was (`POST`).
pub const WORKSPACE_KEY: &str = "/api/v1/workspaces/{id}/access-key";
/// Webhooks: list (`GET`), make (`POST`).
pub const WEBHOOKS: &str = "/api/v1/webhooks";
/// Delete (`DELETE`).
pub const WEBHOOK: &str = "/api/v1/webhooks/{id}";
/// What it was told lately (`GET`).
pub const WEBHOOK_DELIVERIES: &str = "/api/v1/webhooks/{id}/deliveries";
/// Get PIN (`POST`).
pub const AUTHORIZATIONS: &str = "/api/v1/authorizations";
/// Resume (`GET`), cancel (`DELETE`).
pub const AUTHORIZATION: &str = "/api/v1/authorizations/{id}";
/// Authenticate PIN (`POST`).
pub const AUTHORIZATION_PIN: &str = "/api/v1/authorizations/{id}/pin";
/// List (`GET`), OK (`POST`).
pub const CONNECTIONS: &str = "/api/v1/connections";
/// How many connections each group holds (`GET`).
pub const CONNECTION_GROUPS: &str = "/api/v1/connections/groups";
/// One thing done to many connections (`POST`).
pub const CONNECTIONS_BULK: &str = "/api/v1/connections/bulk";
/// Read (`GET`), edit (`PATCH`), delete and revoke (`DELETE`).
pub const CONNECTION: &str = "/api/v1/connections/{id}";
/// A file of connections and saved apps (`POST`).
pub const EXPORT: &str = "/api/v1/export";
/// What is in such a file, previewed or taken in (`POST`).
pub const IMPORT: &str = "/api/v1/import";
/// The settings once more (`POST`).
pub const CONNECTION_CLONE: &str = "/api/v1/connections/{id}/clone";
/// Does it work (`POST`)?
pub const CONNECTION_TEST: &str = "/api/v1/connections/{id}/test";
/// What it was (`GET`).
pub const CONNECTION_VERSIONS: &str = "/api/v1/connections/{id}/versions";
/// Back to a version (`POST`), also of a deleted connection.
pub const CONNECTION_REVERT: &str = "/api/v1/connections/{id}/revert";
/// Deleted connections (`GET`).
pub const DELETED: &str = "/api/v1/deleted";
/// What uses any of several connections (`GET`).
pub const USAGES: &str = "/api/v1/usages";
/// What uses a connection (`GET`).
pub const CONNECTION_USAGES: &str = "/api/v1/connections/{id}/usages";
/// Run a task (`POST`).
pub const CONNECTION_TASK: &str = "/api/v1/connections/{id}/tasks/{task}";
/// The fourteen tasks, described (`GET`).
pub const TASKS: &str = "/api/v1/tasks";
/// How X counts a text (`POST`).
pub const WEIGH: &str = "/api/v1/weigh";
/// The signing proxy (any method): `{path}` is the rest, slashes and all.
pub const CONNECTION_PROXY: &str = "/api/v1/connections/{id}/x/{path}";
/// Task keys: list (`GET`), make (`POST`).
pub const KEYS: &str = "/api/v1/keys";
/// Revoke (`DELETE`).
pub const KEY: &str = "/api/v1/keys/{id}";
/// The app vault: list (`GET`), save (`POST`).
pub const APPS: &str = "/api/v1/apps";
/// Read (`GET`), edit or rotate the secret (`PATCH`), delete (`DELETE`).
pub const APP: &str = "/api/v1/apps/{id}";
/// Does X accept its keys (`POST`)?
pub const APP_TEST: &str = "/api/v1/apps/{id}/test";
/// The same for the server's registered app.
pub const REGISTERED_APP_TEST: &str = "/api/v1/apps/registered/test";
/// What it was (`GET`).
pub const APP_VERSIONS: &str = "/api/v1/apps/{id}/versions";
/// Back to a version (`POST`).
pub const APP_REVERT: &str = "/api/v1/apps/{id}/revert";
/// The audit log: a page, or all of it as JSON lines (`GET`).
pub const AUDIT: &str = "/api/v1/audit";
/// The process is alive.
pub const HEALTHZ: &str = "/healthz";
/// The process can do its work: the store answers.
pub const READYZ: &str = "/readyz";
/// Prometheus text, for an operator or from loopback.
pub const METRICS: &str = "/metrics";
/// The generated description of all of the above.
pub const OPENAPI: &str = "/openapi.json";

/// Fills the `{id}` of a path above.
///
/// ```
/// use pinfold_api::paths;
/// assert_eq!(paths::with_id(paths::AUTHORIZATION_PIN, "7"), "/api/v1/authorizations/7/pin");
/// ```
pub fn with_id(path: &str, id: &str) -> String {
    // Not `replace`: its search would be 1 KB of the browser program.
    let fill = |part| if part == "{id}" { id } else { part };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// The pages of the front end, which the server answers with its `index.html`.
pub mod pages {
    /// The first page: the connections.
    pub const HOME: &str = "/";
    /// Manage Connections.
    pub const CONNECTIONS: &str = "/connections";
    /// Add: the wizard.
    pub const NEW_CONNECTION: &str = "/connections/new";
    /// What was deleted.
    pub const DELETED: &str = "/connections/deleted";
    /// One connection: the same dialog, filled.
    pub const CONNECTION: &str = "/connections/{id}";
    /// Where hand-off links lead, `/connect#link=…`, and what `<pinfold-connect>` frames,
    /// `/connect?embed=1&origin=…` (docs/EMBED.md). No secret is ever in path or query.
    pub const CONNECT: &str = "/connect";
    /// The app vault.
    pub const APPS: &str = "/apps";
    /// The audit log.
    pub const ACTIVITY: &str = "/activity";
    /// Export and import.
    pub const MOVE: &str = "/move";
    /// Task keys; with `?connection=…`, to make one for that.
    pub const KEYS: &str = "/keys";
    /// Hand-off links and sessions; with `?connection=…`, to repair that.
    pub const LINKS: &str = "/links";
    /// Webhooks, and what became of their messages.
    pub const WEBHOOKS: &str = "/webhooks";
    /// Where sign-in links lead: `/sign-in#link=…`. The link is a fragment, so it reaches no log.
    pub const SIGN_IN: &str = "/sign-in";
}
