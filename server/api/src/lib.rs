//! The contract between the browser program and the server.
//!
//! Paths and shapes only: no axum, no network, no clock. It builds for Wasm. What cannot be
//! expressed here cannot leak: the only secret is [`WriteOnly`], and no answer holds one.

mod access;
mod app;
mod audit;
mod authorization;
mod connection;
mod diagnosis;
mod given;
mod handoff;
mod key;
mod listing;
mod moves;
mod object;
pub mod paths;
mod price;
mod problem;
mod session;
mod task;
mod task_run;
mod version;
mod webhook;
mod workspace;
mod write_only;

pub use access::{AccessLevel, TaskAccess, task_access};
pub use app::{App, AppChange, AppList, AppTest, NewApp};
pub use audit::{Action, AuditEntry, AuditPage, AuditResult, AuditWho};
pub use authorization::{
    Account, AppChoice, AppKind, AppRef, Authorization, AuthorizationState, Cancelled, Duplicate,
    NewAuthorization, PinEntry, RequestedAccess,
};
pub use connection::{
    Allow, Connection, ConnectionChange, ConnectionPage, ConnectionTest, Health, HealthState,
    NewClone, NewConnection, NewConnectionTest,
};
pub use diagnosis::Diagnosis;
pub use given::given;
pub use handoff::{
    Handoff, HandoffConnection, LiveSession, MintedSession, NewSession, SessionKind, SessionList,
    SessionState,
};
pub use key::{CreatedKey, Key, KeyList, NewKey, Usage, UsageKind, UsageList};
pub use listing::{BulkAction, BulkChange, BulkOutcome, BulkResult, GroupCount, GroupCounts};
pub use moves::{
    ExportRequest, ImportAction, ImportFormat, ImportItem, ImportKind, ImportReport, ImportRequest,
    ImportResult, OnClash,
};
pub use object::Object;
pub use price::{
    MESSAGE_MICROS, POST_MICROS, POST_READ_MICROS, POST_WITH_URL_MICROS, USER_READ_MICROS,
};
pub use problem::{Code, Problem, ProviderError};
pub use session::{
    Limits, OidcWay, Provider, RegisteredApp, Role, Session, SignIn, SignInWays, SignedIn,
};
pub use task::{
    Endpoint, FieldKind, FieldSpec, MOST_ENTRIES, Page, TASK_NEEDS, TASKS, TaskSpec, task,
};
pub use task_run::{PlannedRequest, TaskDescription, TaskField, TaskList, TextWeight, Weighed};
pub use version::{
    DeletedConnection, DeletedPage, Revert, Version, VersionAction, VersionChange, VersionPage, Who,
};
pub use webhook::{
    CreatedWebhook, Delivery, DeliveryAttempt, DeliveryList, DeliveryState, NewWebhook, Webhook,
    WebhookConnection, WebhookData, WebhookEvent, WebhookList, WebhookMessage, WebhookSession,
};
pub use workspace::{
    NewRegisteredApp, NewWorkspace, Workspace, WorkspaceChange, WorkspaceKey, WorkspaceLimits,
    WorkspaceList,
};
pub use write_only::WriteOnly;
