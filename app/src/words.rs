//! Every sentence that people see, in one place, ready to be translated. It decides nothing.
//!
//! A long file on purpose: who translates or edits reads it from top to bottom.

#![expect(missing_docs, reason = "a comment on each label would repeat it")]

use std::borrow::Cow;

use pinfold_api::{
    AccessLevel, Code, Connection, Handoff, HealthState, RequestedAccess, Role, TaskAccess,
};

use crate::failure::Failure;
use crate::wire::{Report, SavedApp};
use crate::wizard::{
    Aftermath, Busy, Doubt, Field, Flash, Gone, Note, Outgoing, PIN_DIGITS, Parting,
};

type Words = Cow<'static, str>;

/// Where X lists the apps of an account, so that a token can be revoked by hand.
pub const CONNECTED_APPS: &str = "https://x.com/settings/connected_apps";

pub const BRAND: &str = "Pinfold";
pub const MANAGE: &str = "Manage Connections";
pub const CONNECTIONS: &str = "Connections";
pub const ADD: &str = "Add";
pub const ADD_CONNECTION: &str = "Add connection";
pub const EDIT_CONNECTION: &str = "Edit connection";
pub const KIND: &str = " · Twitter";
pub const SANDBOX: &str = "sandbox";
pub const SANDBOX_TITLE: &str = "The built-in imitation of X: nothing here reaches x.com";
pub const SIGN_OUT: &str = "Sign out";

pub const MAIN_SETTINGS: &str = "Main settings";
pub const AUTHENTICATION: &str = "Authentication";
pub const OK: &str = "OK";
pub const CANCEL: &str = "Cancel";
pub const GET_PIN: &str = "Get PIN";
pub const AUTHENTICATE_PIN: &str = "Authenticate PIN";
pub const COPY_LINK: &str = "Copy link";
pub const COPY_TOKEN: &str = "Copy access token";
pub const COPY_REPORT: &str = "Copy report";
pub const COPIED: &str = "Copied";
pub const COPY_FAILED: &str = "Not copied: the browser said no";
pub const OPEN_X: &str = "Open X";
pub const OPEN_X_AGAIN: &str = "Open X again";
pub const NEW_TAB: &str = " (opens in a new tab)";
pub const QR_CODE: &str = "QR code";
pub const QR_NAME: &str = "QR code of the link, for your phone";
pub const QR_HINT: &str = "Allow the app on your phone, then type the PIN here.";
pub const TRY_AGAIN: &str = "Try again";
pub const NOT_LET_IN: &str = "This page did not let you in";
pub const NOT_LET_IN_HINT: &str =
    "It gave Pinfold no session for you. Try again, or ask whoever runs the page.";
pub const BACK: &str = "Back to connections";
pub const CHANGE_APP: &str = "Change app";
pub const START_OVER: &str = "Start over";
pub const SWAP: &str = "Swap them";
pub const SEND_ANYWAY: &str = "Send it anyway";
pub const DELETE: &str = "Delete";
pub const DELETE_AND_REVOKE: &str = "Delete and revoke";
pub const TAKE_THEIRS: &str = "Use theirs";
pub const DISCARD: &str = "Discard mine";
pub const REDO: &str = "Save mine";
pub const EDIT_AGAIN: &str = "Edit again";
pub const SAVED: &str = "“%” is saved.";
pub const IS_BACK: &str = "“%” is back.";
pub const REVERTED: &str = "“%” is as it was then.";
pub const CLONED: &str = "“%” is made. Repair connects it to an account.";
pub const SELECTED: &str = "% selected";
pub const SELECT: &str = "Select %";
pub const ACTIONS_OF: &str = "Actions for %";
pub const MORE: &str = "Show more · % left";
pub const DELETE_ONE: &str = "Delete “%”?";
pub const DELETE_MANY: &str = "Delete % connections?";
pub const DELETE_MANY_BUTTON: &str = "Delete…";
pub const MOVE_MANY: &str = "Move % to a group";
pub const CLONE_ONE: &str = "Clone “%”?";
pub const VERSION_BY: &str = "Version % · %";
pub const CALLS: &str = "Key · % calls";
pub const UNDO: &str = "Undo";
pub const CLOSE: &str = "Close";
pub const WORKING: &str = "One moment…";
pub const SEARCH: &str = "Search";
pub const CLEAR_SEARCH: &str = "Clear the search";
pub const FOLD: &str = "Collapse all";
pub const UNFOLD: &str = "Expand all";
pub const DELETED: &str = "Deleted";
pub const DELETED_HINT: &str =
    "Whatever is brought back keeps its id. Without its token it needs a repair.";
pub const NONE_DELETED: &str = "Nothing was deleted.";
pub const BRING_BACK: &str = "Bring back";
pub const UNGROUPED: &str = "No group";
pub const SELECT_ALL: &str = "Select all shown";
pub const SELECTION: &str = "Selection";
pub const CLEAR_SELECTION: &str = "Clear";
pub const MOVE_TO_GROUP: &str = "Move to group";
pub const MOVE: &str = "Move";
pub const MOVE_HINT: &str = "Empty: out of their groups.";
pub const GROUP: &str = "Group";
pub const EXPORT_MANY: &str = "Export…";
pub const ACTIONS_COLUMN: &str = "Actions";
pub const ACTIONS: [&str; 6] = ["Edit", "Repair", "Clone…", "Copy id", "Test", "Delete…"];
pub const ID_COPIED: &str = "The id is copied.";
pub const CLONE: &str = "Clone";
pub const CLONE_HINT: &str = "The copy gets its app and group, but no token: connect it to an account now, or later by Repair.";
pub const CLONE_ONLY: &str = "Clone only";
pub const CLONE_AND_CONNECT: &str = "Clone and connect";
pub const REPAIR: &str = "Repair";
pub const CONNECT_ACCOUNT: &str = "Connect your X account";
pub const RECONNECT_ACCOUNT: &str = "Reconnect your X account";
pub const ALL_DONE: &str = "All done";
pub const HANDOFF_DONE: &str = "What you were asked for is connected.";
pub const NOTHING_CONNECTED: &str = "Nothing was connected";
pub const CLOSE_PAGE: &str = "You can close this page.";
pub const START_AGAIN: &str = "Start again";
pub const LINK_OVER: &str = "This link cannot be used";
pub const NO_LINK: &str = "You need a link";
pub const NO_LINK_HINT: &str = "Open the link that you were sent once more, or ask for a new one.";
pub const LINK_CUT_OFF: &str =
    "It is not whole. Open it from the message once more, or ask whoever sent it for a new one.";
pub const LINK_ENDED: &str = "It ran out, or was withdrawn. Ask whoever sent it for a new one.";
pub const REPAIR_CONNECTION: &str = "Repair connection";
pub const REPAIR_KEEPS: &str = "A repair leaves name and group as they are.";
pub const ACCOUNT_DIFFERS: &str = "Another account authorized";
pub const ACCOUNT_DIFFERS_HINT: &str =
    "This connection belongs to another X account. Nothing is changed yet.";
pub const ASKED_FOR_ANOTHER: &str =
    "You were asked for @%. Nothing is changed yet: begin again, and sign in at X as @%.";
pub const REPLACE_ACCOUNT: &str = "Replace the account";
pub const ADD_AS_NEW: &str = "Add as new";
pub const OTHER_ACCOUNT: &str = "Back";
pub const HEALTH: &str = "Health";
pub const TEST: &str = "Test";
pub const TEST_LIVE: &str = "Ask X · $0.01";
pub const USAGES: &str = "Used by";
pub const NO_USAGES: &str = "Used by no key.";
pub const VERSIONS: &str = "Versions";
pub const REVERT: &str = "Revert";
pub const TRY: &str = "Try it";
pub const PRICE_EACH: &str = "% each";
pub const CAN_RUN: &str = "% of % can run";
pub const SHOW_REQUEST: &str = "Show the request";
pub const SEND: &str = "Send it · %";
pub const REQUEST: &str = "What X would be asked. Nothing is sent yet.";
pub const REQUEST_LINES: &str = "% %\nAuthorization: %\n\n%";
pub const COPY_CURL: &str = "Copy as curl";
pub const WEIGHED: &str = "% of %";
pub const ANSWER: &str = "X has answered · % at most";
pub const MEMBER: &str = "% %";
pub const AS_JSON: &str = "As JSON";
pub const KEYS: &str = "Keys";
pub const KEYS_HINT: &str = "A key lets a program use the connections that you name, for what you name, and nothing else. It holds no secret of X’s.";
pub const NO_KEYS: &str = "No keys yet. Make one for a script, for cron, or for another program.";
pub const KEY_MAY: &str = "% · connections: % · calls: %";
pub const KEY_UNTIL: &str = "% · until %";
pub const KEY_SPENT: &str = "% · % of % today";
pub const NEW_KEY: &str = "New key";
pub const MAKE_KEY: &str = "Make the key";
pub const MAKE_KEY_FOR: &str = "Make a key for this connection";
pub const KEY_CONNECTIONS: &str = "Connections";
pub const KEY_TASKS: &str = "Tasks";
pub const KEY: &str = "Key";
pub const KEY_MADE: &str = "“%” is made. Copy its key now: it is shown only this once.";
pub const COPY_KEY: &str = "Copy key";
pub const TASK_CURL: &str =
    "curl -H 'Authorization: Bearer %' -H 'Content-Type: application/json' -d '%' '%%'";
pub const PATH_CURL: &str = "curl -H 'Authorization: Bearer %' -X % '%%'";
pub const REVOKE: &str = "Revoke";
pub const REVOKE_ONE: &str = "Revoke “%”?";
pub const REVOKE_HINT: &str = "Whatever uses it is refused from now on. It cannot be brought back.";

pub const LINKS: &str = "Links";
pub const LINKS_HINT: &str = "A link lets an account’s owner connect it, on any device, without an account here. They see no key and no other connection.";
pub const NEW_LINK: &str = "New link";
pub const LINK_MAKES: &str = "Whoever opens it makes one connection.";
pub const LINK_REPAIRS: &str = "Whoever opens it repairs “%”.";
pub const MAKE_LINK: &str = "Make the link";
pub const LINK_MADE: &str =
    "Send this link to the account’s owner. It works once, and is shown only now.";
pub const LINK: &str = "Link";
pub const LINK_LIVES: &str = "Open it within";
pub const LINK_TIME: &str = "86400";
pub const LINK_TIMES: &[(&str, &str)] =
    &[("1800", "30 minutes"), ("86400", "1 day"), ("604800", "7 days")];
pub const LINK_ACCESS: &[(&str, &str)] =
    &[("", "Whatever the app has at X"), ("read", "Read"), ("write", "Read and write")];
pub const LINK_FOR: &str = "Hand off by a link";
pub const SESSIONS: &str = "Links and sessions";
pub const NO_SESSIONS: &str = "No link waits, and nobody else is signed in.";
pub const REVOKE_SESSION_HINT: &str = "Whoever uses it is out at once, and a link opens nothing any more. Connections that it made stay.";

pub const WEBHOOKS: &str = "Webhooks";
pub const WEBHOOKS_HINT: &str = "A server of yours is told of every connection that is made, repaired, broken or deleted, in signed messages that are sent until it takes them.";
pub const NEW_WEBHOOK: &str = "New webhook";
pub const ADD_WEBHOOK: &str = "Add the webhook";
pub const WEBHOOK_FIELDS: &str = r#"[
{"name":"url","label":"Address","hint":"Where messages are posted: https, at a public address.","kind":"text","required":true}
]"#;
pub const WEBHOOK_MADE: &str =
    "Messages are signed with this secret. Copy it now: it is shown only this once.";
pub const WEBHOOK_SECRET: &str = "Signing secret";
pub const COPY_SECRET: &str = "Copy secret";
pub const NO_WEBHOOKS: &str = "No webhooks yet.";
pub const NO_MESSAGES: &str = "No message in the last week.";
pub const REFRESH: &str = "Refresh";
pub const REMOVE: &str = "Remove";
pub const REMOVE_WEBHOOK: &str = "Remove the webhook “%”?";
pub const REMOVE_WEBHOOK_HINT: &str =
    "No message is sent there any more, also none of those that wait.";
pub const ANSWERED: &str = "answered %";

/// What a message tells.
pub fn event(event: &str) -> &str {
    match event {
        "connection.created" => "Connection made",
        "connection.repaired" => "Connection repaired",
        "connection.broken" => "Connection broken",
        "connection.deleted" => "Connection deleted",
        other => other,
    }
}

/// Where a message stands, after so many attempts.
pub fn delivery(state: &str, attempts: usize) -> String {
    let state = match state {
        "delivered" => "delivered",
        "given_up" => "given up",
        _ => "waiting",
    };
    match attempts {
        0 => state.to_owned(),
        1 => fill("%, 1 attempt", &[state]),
        more => fill("%, % attempts", &[state, &more.to_string()]),
    }
}

/// What a session is; what has made a connection names that one from then on.
pub fn session(kind: &str, state: &str, names_connection: bool) -> &'static str {
    match (kind, state, names_connection) {
        ("link", "done", _) => "Link",
        ("link", _, true) => "Link to repair a connection",
        ("link", ..) => "Link to connect an account",
        ("embed", ..) => "Portal",
        _ => "Browser",
    }
}

/// Where a session or a link stands.
pub fn session_state(kind: &str, state: &str) -> &'static str {
    match (kind, state) {
        (_, "waiting") => "not opened yet",
        (_, "done") => "done",
        ("link", _) => "opened",
        ("embed", _) => "open",
        _ => "signed in",
    }
}

/// The fields of a new link, described as `GET /tasks` describes those of a task.
pub const LINK_FIELDS: &str = r#"[
{"name":"subject","label":"For whom","hint":"For you and the log; not shown to them.","kind":"text","required":false},
{"name":"note","label":"Note","hint":"They see it: who asks, and what for.","kind":"text","required":false}
]"#;

/// The fields of a new key, described as `GET /tasks` describes those of a task.
pub const IN_A_PAGE: &str = "Open Pinfold in a tab of its own.";
pub const ALLOW: &str = "What it may be used for";
pub const ALLOW_HINT: &str = "Whoever asks: people, keys, scripts.";
pub const ALLOW_ONLY: &str = "Only what is named here";
pub const ALLOW_FIELDS: &str = r#"[
{"name":"paths","label":"Calls of X’s API","hint":"Through the signing proxy, one a line, as for keys: GET /2/users/**","kind":"lines","required":false}
]"#;
pub const KEY_FIELDS: &str = r#"[
{"name":"name","label":"Name","hint":"Who will use it.","kind":"text","required":true},
{"name":"paths","label":"Calls of X’s API","hint":"Through the signing proxy, one a line: GET /2/users/me. A segment * is any one, ** at the end is all below.","kind":"lines","required":false},
{"name":"expires_at","label":"Ends","hint":"","kind":"days","required":true,"words":["in 90 days","in 30 days","in 7 days","in 1 day","never"]},
{"name":"per_minute","label":"Calls a minute","hint":"Without a limit when empty.","kind":"number","required":false},
{"name":"per_day_usd","label":"Dollars a day","hint":"Counted by X’s list of prices; without a limit when empty.","kind":"number","required":false}
]"#;

pub const NO_MATCH: &str = "Nothing matches";
pub const NO_MATCH_HINT: &str = "Search looks at names, accounts and groups.";
pub const X_SAYS: &str = "What X said";
pub const CONNECTED_APPS_LINK: &str = "X’s page of connected apps";
pub const LOAD_MORE: &str = "Load more";
pub const LOADING: &str = "Loading…";
pub const MASK: &str = "••••••••••••";
pub const NEVER: &str = "never";
pub const REGISTERED: &str = "Registered";
pub const NONE: &str = "–";

pub const APP_STEP: &str = "App";
pub const AUTHORIZE_STEP: &str = "Authorize";
pub const PIN_STEP: &str = "PIN";
pub const TOKENS_STEP: &str = "Access token";
pub const OWN_APP: &str = "your own app";
pub const SAVED_APP: &str = "App";
pub const TYPE_KEYS: &str = "Another one: type its keys";
pub const SAVE_AS_HINT: &str = "Optional: a name, to use the app for other connections, too.";
pub const KEEP_APP: &str = "Keep the connection’s app";
pub const APP_MOVES: &str = "A token works only under the consumer key that it was granted to. To \
                             move to another key, repair the connection.";
pub const KEPT_APP: &str = "the one it has";
pub const DONE: &str = " done ";
pub const AUTHORIZED: &str = "allowed at X";
pub const PIN_ACCEPTED: &str = "accepted by X";

pub const NAME_HINT: &str =
    "Filled with the account’s name once the PIN is authenticated. Change it as you like.";
pub const GROUP_HINT: &str = "Optional. Shown in the list.";
pub const NO_REGISTERED_APP: &str =
    "This server has no registered app, so bring your own: its keys are in X’s developer console.";
pub const SECRET_HINT: &str = "Sent once, stored encrypted, never shown again.";
pub const AUTHORIZE_HINT: &str =
    "X opens in a new tab, asks whether to allow the app, and shows a PIN.";
pub const PIN_CALM: &str = "X shows it once you have allowed the app.";
pub const PIN_ONLY_HERE: &str = "Type this PIN only here.";
pub const TOKENS_HINT: &str =
    "Filled in by Authenticate PIN. Have a token pair already? Paste it and press OK.";
pub const SECRET_KEPT: &str = "Kept on the server.";

pub const SIGN_IN: &str = "Sign in";
pub const SIGN_IN_HINT: &str =
    "Open the link that the server printed when it started, or type its access key.";
pub const SIGN_IN_WITH: &str = "Sign in with %";
pub const SIGN_IN_LINK_HINT: &str = "For a fresh link run: pinfold sign-in";
pub const ACCESS_KEY: &str = "Access key";
pub const SIGNING_IN: &str = "Signing in…";
pub const NO_ANSWER: &str = "The server does not answer";

pub const NOT_FOUND: &str = "There is no such page";
pub const NOT_FOUND_HINT: &str = "The address may be mistyped, or what was here is gone.";
pub const EMPTY: &str = "No connections yet";
pub const EMPTY_HINT: &str = "A connection lets your automation act as one X account. Adding one takes a PIN and about a minute; every secret stays on this server.";
pub const CAN: &str = "This connection can";
pub const CANNOT: &str = "It cannot";
pub const TASKS: &str = "Tasks";

pub const APPS: &str = "Apps";
pub const APPS_HINT: &str = "X apps that are saved once and used by many connections. A secret is stored encrypted and never shown again.";
pub const NO_APPS: &str =
    "No saved apps yet. Add one, or save your own on the way while connecting.";
pub const ADD_APP: &str = "Add app";
pub const EDIT_APP: &str = "Edit app";
pub const EDIT: &str = "Edit";
pub const SAVE: &str = "Save";
pub const ROTATE_HINT: &str =
    "Empty: it stays. With a new one all its connections sign from now on.";
pub const REGISTERED_HINT: &str = "The server’s registered app, set by whoever runs it";
pub const TEST_APP: &str = "Does X accept “%”?";
pub const KEYS_ACCEPTED: &str = "X accepts its keys.";
/// Saved, gone back to a version, deleted.
pub const APP_DONE: [&str; 3] =
    ["The app is saved.", "The app is as it was then.", "The app is deleted."];
pub const APP_UNUSED: &str = "No connection uses it. Its secret is gone for good.";
pub const APP_USED: &str = "Used by %. Another app with the same consumer key takes its place.";
pub const APP_NEEDED: &str = "Used by %, and no other saved app has its consumer key. Delete or repair them first, or save an app with the same key.";
pub const TAKES_OVER: &str = "Takes its place";
pub const ASKS_FOR: &str = "Asks for";
/// Values and names of the access that an app may ask for.
pub const ASKS: [(&str, &str); 3] =
    [("", "Whatever the app has at X"), ("read", "Read"), ("write", "Read and write")];

/// How many connections.
pub fn connections(count: usize) -> String {
    match count {
        0 => "unused".to_owned(),
        1 => "1 connection".to_owned(),
        many => fill("% connections", &[&many.to_string()]),
    }
}

/// Which saved app: its key, what it asks for, who uses it, how old its secret is.
pub fn app_line(app: &SavedApp, ago: &str) -> String {
    let access = app.access.as_deref().unwrap_or_default();
    let access = ASKS.iter().find(|it| it.0 == access).map_or(access, |it| it.1);
    fill("% · % · % · secret set %", &[&app.hint, access, &connections(app.connections), ago])
}

pub const ACTIVITY: &str = "Activity";
pub const ACTIVITY_HINT: &str = "A role, an address, an id, a code.";
pub const FIRST_DAY: &str = "From";
pub const LAST_DAY: &str = "Until";
pub const NO_ACTIVITY: &str = "Nothing of this kind happened.";
pub const EXPORT_LINES: &str = "Export as JSON lines";
pub const ACTION: &str = "Action";
pub const RESULT: &str = "Result";
/// Values and names of what the log can be asked for.
pub const ACTION_GROUPS: &[(&str, &str)] = &[
    ("", "All"),
    ("session", "Sessions"),
    ("authorization", "Authorizations"),
    ("connection", "Connections"),
    ("token", "Tokens"),
    ("app", "Apps"),
    ("key", "Keys"),
    ("use", "Refused uses"),
    ("export", "Exports"),
    ("import", "Imports"),
    ("audit", "The log itself"),
    ("master_key", "Master key"),
    ("request", "Other refusals"),
];
pub const RESULTS: &[(&str, &str)] =
    &[("", "All"), ("done", "Done"), ("refused", "Refused"), ("failed", "Failed")];

/// A word of the API as people write it: `connection.edit` is “connection edit”.
#[inline(never)]
pub fn spaced(word: &str) -> String {
    word.split(['.', '_']).collect::<Vec<_>>().join(" ")
}

pub const MOVE_PAGE: &str = "Export and import";
pub const EXPORT: &str = "Export";
pub const EXPORT_ALL: &str = "All connections and saved apps, in one file.";
pub const EXPORT_SOME: &str =
    "The connections that you selected (%) and the apps they use, in one file.";
pub const EXPORT_HINT: &str =
    "At least 12 characters: the file holds the secrets, encrypted. Empty: it holds none.";
pub const PASSPHRASE: &str = "Passphrase";
pub const PASSPHRASE_AGAIN: &str = "Passphrase again";
pub const PASSPHRASE_AGAIN_HINT: &str = "Without it nobody can open the file.";
pub const PASSPHRASES_DIFFER: &str = "This is not the passphrase above. Type both again.";
pub const IMPORT: &str = "Import";
pub const IMPORT_HINT: &str = "An export of Pinfold’s, or ~/.twurlrc, ~/.trc or ~/.xrc. Drop it anywhere here, choose it, or paste it. Nothing changes before you have seen what it holds.";
pub const IMPORT_LOCKED: &str = "The one that the file was exported with.";
pub const LOOK_INSIDE: &str = "Look inside";
pub const FILE: &str = "File";
pub const PASTE: &str = "Or its text";
pub const ON_CLASH: &str = "Where a name or an account clashes";
pub const MORE_ENTRIES: &str = "And % more.";
/// Values and names.
pub const CLASHES: [(&str, &str); 3] = [
    ("skip", "Keep what is here"),
    ("rename", "Keep both, the new one renamed"),
    ("replace", "Replace what is here"),
];

/// Name and kind of a file: with a passphrase, or without.
pub const fn file(passphrase: &str) -> (&'static str, &'static str) {
    match passphrase.as_bytes() {
        [] => ("pinfold.json", "application/json"),
        _ => ("pinfold.age", "application/age"),
    }
}

/// To have X asked about so many token pairs; by its list price, a cent each.
pub fn verify(pairs: usize) -> String {
    let (dollars, cents) = (pairs / 100, pairs % 100);
    format!("Ask X about each token pair first: {pairs}, for ${dollars}.{cents:02}")
}

/// What may become of an entry, or would.
const FATES: [&str; 10] = [
    "new",
    "update",
    "clash",
    "unchanged",
    "unusable",
    "created",
    "updated",
    "renamed",
    "replaced",
    "skipped",
];

/// What is in a file, or what was done with it: how many of each kind.
pub fn found(report: &Report, done: bool) -> String {
    let mut said = String::from(if done { "Done" } else { "Nothing is changed yet" });
    for fate in FATES {
        let count = report.entries.iter().filter(|it| it.0 == fate).count();
        if count > 0 {
            said = fill("% · % %", &[&said, &count.to_string(), fate]);
        }
    }
    said
}

pub const COLUMNS: [&str; 7] = ["Name", "Account", "Group", "App", "Access", "Health", "Last used"];

/// What a field may hold, for an example of its task.
pub fn sample(kind: &str) -> &'static str {
    match kind {
        "tweet_id" => "20",
        "tweet_id_or_latest" => "0",
        "user" => "X",
        _ => "hello",
    }
}

/// A problem in three parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What happened.
    pub what: Words,
    /// Why, if known.
    pub why: Words,
    /// The one thing to do next.
    pub next: Words,
}

fn explained(what: &'static str, why: impl Into<Words>, next: &'static str) -> Explained {
    Explained { what: what.into(), why: why.into(), next: next.into() }
}

/// What happened, why, and the one thing to do next.
pub fn explain(failure: &Failure) -> Explained {
    match failure {
        Failure::Unreachable => explained(
            "The server does not answer",
            "Pinfold’s own server is down, or your network is.",
            "Check that it runs and that you are online, then try again.",
        ),
        Failure::Unintelligible(status) => explained(
            "The answer makes no sense",
            format!("Something between you and the server answered with status {status}."),
            "Try again; if it stays so, ask whoever runs this server.",
        ),
        Failure::Answered(problem) => {
            let mut explained = explain_code(problem.code);
            match problem.code {
                Code::ClockSkew => {
                    if let Some(seconds) = problem.clock_skew {
                        explained.why = skew(seconds).into();
                    }
                }
                Code::NotFound if problem.field.is_some() => {
                    explained.what = "There is no such thing".into();
                    explained.why = sentence(&problem.detail).into();
                    explained.next = "Change it, then try again.".into();
                }
                // The server names the field and what is wrong with it.
                Code::InvalidRequest
                | Code::InvalidField
                | Code::AppInUse
                | Code::OutsideConnection
                | Code::Unknown
                    if !problem.detail.is_empty() =>
                {
                    explained.why = sentence(&problem.detail).into();
                }
                _ => {}
            }
            if problem.next.is_some() {
                explained.why += " A fresh link is ready.";
                if spends_the_pin(problem.code) {
                    explained.next = "Open X again and type the new PIN.".into();
                }
            }
            explained
        }
    }
}

/// Whether there is nothing else to mend than the PIN.
const fn spends_the_pin(code: Code) -> bool {
    matches!(code, Code::PinRejected | Code::RequestTokenRejected | Code::AuthorizationExpired)
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn explain_code(code: Code) -> Explained {
    let (what, why, next) = match code {
        Code::LinkUsed => (
            "This link was opened before",
            "A link works once, in the browser that opened it.",
            "Go on in that browser, or ask whoever sent the link for a new one.",
        ),
        Code::ProviderUnreachable => (
            "The sign-in provider does not answer",
            "It may be down, or this server cannot reach it.",
            "Try again in a minute, or use the access key or a sign-in link.",
        ),
        Code::LinkExpired => (
            "This link is over",
            "It is too old, or it was withdrawn.",
            "Ask whoever sent it for a new one.",
        ),
        Code::HandoffDone => {
            ("All done", "What you were asked for is connected.", "You can close this page.")
        }
        Code::PinRejected => (
            "X did not accept that PIN",
            "A wrong PIN ends its link at X, so the old PIN is spent.",
            "Press Get PIN and type the new PIN.",
        ),
        Code::RequestTokenRejected => (
            "X no longer knows that link",
            "It was used already, or it is too old; the old PIN is spent.",
            "Press Get PIN and type the new PIN.",
        ),
        Code::AuthorizationExpired => (
            "This took too long",
            "A link waits ten minutes for its PIN; the old PIN is spent.",
            "Press Get PIN and type the new PIN.",
        ),
        Code::AppKeysRejected => (
            "X does not accept the consumer key and secret",
            "One of them is mistyped, they belong to different apps, or they were regenerated.",
            "Copy both again from the app’s page in X’s developer console.",
        ),
        Code::TokenRejected => (
            "X does not accept the access token and secret",
            "They do not fit the app or each other, or they were revoked.",
            "Copy both again, or press Get PIN for a new pair.",
        ),
        Code::CallbackSetting => (
            "The app’s settings at X lack a callback URL",
            "X wants some callback URL there, even though a PIN never uses it.",
            "Enter any https address as callback URL in X’s developer console, then press Get PIN.",
        ),
        Code::AppSuspended => (
            "X suspended the app",
            "X no longer lets this app connect accounts.",
            "Ask X’s developer support, or use another app.",
        ),
        Code::AppNotEnrolled => (
            "X does not let this app use its API",
            "The app is in no project, or is not enrolled in a plan.",
            "Put the app in a Pay-per-use project in X’s developer console.",
        ),
        Code::AccountLocked => (
            "X locked the account",
            "X wants its owner to confirm something first.",
            "Sign in at x.com as the account, follow what it says, then try again.",
        ),
        Code::AccountSuspended => (
            "X suspended the account",
            "A suspended account cannot be connected.",
            "Its owner can appeal at x.com, or connect another account.",
        ),
        Code::ReadOnly => (
            "The token may only read",
            "The app had only read permission when the account allowed it.",
            "Set the app to Read and write in X’s developer console, then press Get PIN again.",
        ),
        Code::NoCredits => (
            "The app has no credits left",
            "X bills each call to the app’s owner.",
            "Buy credits in X’s developer console, then try again.",
        ),
        Code::ClockSkew => (
            "The clocks disagree",
            "The server’s clock and X’s differ by too much to sign a call.",
            "Set the server’s clock, then try again.",
        ),
        Code::XRateLimited => (
            "X asks to wait",
            "Too many calls were made in a short time.",
            "Try again when the time is up.",
        ),
        Code::TooManyRequests => {
            ("Too many tries", "The server slows down guessing.", "Try again when the time is up.")
        }
        Code::CallbackUnconfirmed => (
            "X’s answer cannot be trusted",
            "It did not confirm the callback, so somebody else could have begun this.",
            "Try again; if it stays so, check which address the server uses for X.",
        ),
        Code::XFailed => {
            ("X has a fault", "X answered that it cannot work right now.", "Try again in a minute.")
        }
        Code::XUnintelligible => (
            "X’s answer makes no sense",
            "Something answered in X’s place, or X has a fault.",
            "Try again; if it stays so, check which address the server uses for X.",
        ),
        Code::XRefused => (
            "X refused",
            "For a reason that Pinfold does not know; X’s own words are below.",
            "Read what X said, then try again.",
        ),
        Code::XUnreachable => (
            "X cannot be reached",
            "The server got no connection to X, or no answer in time.",
            "Check the server’s network, then try again.",
        ),
        Code::Unauthenticated => (
            "Your session is over",
            "It expired, or you signed out elsewhere.",
            "Sign in again; you will be back here.",
        ),
        Code::SignInRefused => (
            "That did not sign you in",
            "The access key is wrong, or the link was used already or is too old.",
            "Type the access key, or ask for a fresh link.",
        ),
        Code::Forbidden | Code::OutsideConnection => (
            "You may not do that",
            "Your session is for something else.",
            "Ask the operator of this server.",
        ),
        Code::ForeignOrigin | Code::ForeignHost => (
            "This address is not the server’s own",
            "The server answers only under its public address.",
            "Open it under the address that it printed when it started.",
        ),
        Code::NameTaken => (
            "The name is taken",
            "Names are unique, so that tasks can rely on them.",
            "Choose another name.",
        ),
        Code::AccountDiffers => (
            "Another account",
            "This connection belongs to another X account than the one that authorized.",
            "Choose whether to change the account or to add a new connection.",
        ),
        Code::AppDiffers => (
            "Another app",
            "The connection's token belongs to another consumer key.",
            "Repair the connection with that app instead.",
        ),
        Code::NeedsRepair => (
            "Not connected",
            "This connection has no token.",
            "Repair it: authorize its account once more.",
        ),
        Code::WrongState => (
            "This step is over already",
            "It was finished or cancelled, perhaps in another tab.",
            "Press Get PIN to begin anew.",
        ),
        Code::NotFound => (
            "It is not there any more",
            "It was deleted, or belongs to another workspace.",
            "Go back to the connections.",
        ),
        Code::VersionStale => (
            "Somebody else changed it meanwhile",
            "Nothing is overwritten.",
            "Look at what is saved, then choose.",
        ),
        Code::AppInUse => (
            "The app is in use",
            "Connections sign with it, or somebody is connecting with it right now.",
            "Choose another saved app with the same consumer key to take its place.",
        ),
        Code::WorkspaceFull => (
            "No room for another connection",
            "This workspace holds as many as it may.",
            "Delete one, or ask whoever runs this server for more.",
        ),
        Code::NoRegisteredApp => (
            "The server has no registered app",
            "Its operator has not set one.",
            "Untick the registered app and enter your own consumer key and secret.",
        ),
        Code::InvalidRequest | Code::InvalidField => (
            "Something entered cannot be accepted",
            "The server could not use it.",
            "Change it, then try again.",
        ),
        Code::TooLarge => {
            ("That is too long", "It is longer than anything valid.", "Shorten it, then try again.")
        }
        Code::RequestTimeout => {
            ("The request took too long", "Your network is slow right now.", "Try again.")
        }
        Code::CannotDecrypt => (
            "A stored secret cannot be decrypted",
            "The server lacks the key that it was sealed with.",
            "Ask whoever runs this server to put the old master key back, or connect again.",
        ),
        Code::PassphraseRejected => (
            "The passphrase does not open the file",
            "It is another one than the file was exported with. Nothing was changed.",
            "Type the passphrase of the export.",
        ),
        Code::FileUnreadable => (
            "The file cannot be read",
            "It is damaged, or no file of this kind. Nothing was changed.",
            "Choose an export of Pinfold’s, or ~/.twurlrc, ~/.trc or ~/.xrc.",
        ),
        Code::StoreUnavailable => (
            "The server cannot save",
            "Its disk is full or cannot be written.",
            "Ask whoever runs this server, then try again.",
        ),
        // The last ones answer programs that use a connection, never this page.
        Code::MethodNotAllowed
        | Code::UnsupportedMediaType
        | Code::Internal
        | Code::Unknown
        | Code::PathRefused
        | Code::Unsignable
        | Code::OutsideKey
        | Code::WorkspaceInUse
        | Code::PriceUnconfirmed
        | Code::SpendCapReached => (
            "The server has a fault",
            "Its log has the details under the request id.",
            "Try again; if it stays so, send the report to whoever runs this server.",
        ),
    };
    explained(what, why, next)
}

fn skew(seconds: i64) -> String {
    clock_is(seconds, ", too much to sign a call.")
}

/// How far the server's clock is from X's, and what that means.
pub fn clock_is(seconds: i64, means: &str) -> String {
    let (amount, unit) = match seconds.unsigned_abs() {
        seconds if seconds >= 120 => (seconds / 60, "min"),
        seconds => (seconds, "s"),
    };
    let direction = if seconds < 0 { "behind" } else { "ahead of" };
    format!("The server’s clock is {amount} {unit} {direction} X’s{means}")
}

/// What a wrong clock means while Pinfold makes up for it.
pub const CLOCK_CORRECTED: &str = ": Pinfold signs with X’s time. Set the clock right.";

/// With a capital.
pub fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// Makes a sentence of an error's text, which has no capital and no full stop.
pub fn sentence(text: &str) -> String {
    let mut sentence = capital(text);
    if !text.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// A countdown beneath a problem.
pub fn retry_in(seconds: u64) -> String {
    match seconds {
        0 => "You can try again now.".to_owned(),
        seconds => format!("Try again in {}:{:02}.", seconds / 60, seconds % 60),
    }
}

/// What a person may paste in a message to whoever runs the server. It holds no secret.
pub fn report(failure: &Failure, now: &str) -> String {
    let line = |name: &str, value: &dyn std::fmt::Display| format!("{name}: {value}\n");
    let mut report = match failure {
        Failure::Answered(problem) => {
            let mut report = line("code", &problem.code.as_str());
            report += &line("status", &problem.status);
            report += &line("request", &problem.request_id);
            if let Some(x) = &problem.x {
                report += &line("x status", &x.status);
                if let Some(code) = x.code {
                    report += &line("x code", &code);
                }
            }
            report
        }
        Failure::Unreachable => line("code", &"unreachable"),
        Failure::Unintelligible(status) => line("status", status),
    };
    report += &line("time", &now);
    report
}

/// What X said, with its status and code.
pub fn x_words(x: &pinfold_api::ProviderError) -> String {
    let code = x.code.map(|code| format!(" · {code}")).unwrap_or_default();
    format!("{}{code}\n{}", x.status, x.text)
}

/// What looks wrong about an entry.
pub fn doubt(field: Field, doubt: Doubt) -> Words {
    let label = field_label(field);
    match doubt {
        Doubt::Missing if field == Field::Pin => "Type the PIN that X shows.".into(),
        Doubt::Missing => format!("{label} is missing.").into(),
        Doubt::Characters => {
            format!("{label} has a space or another character that no key has.").into()
        }
        Doubt::Swapped => format!(
            "This looks like the {}.",
            if field == Field::ConsumerKey { "consumer secret" } else { "access secret" }
        )
        .into(),
        Doubt::Length(len) => {
            let usual = if field == Field::ConsumerKey { 25 } else { 50 };
            format!("X’s have about {usual} characters; this has {len}.").into()
        }
        Doubt::NoUserId => "X’s begin with the account’s number and a dash.".into(),
        Doubt::PinLength(len) => {
            format!("X’s PINs have {PIN_DIGITS} digits; this has {len}. Send it anyway?").into()
        }
        Doubt::PinCharacters => "X’s PINs have only digits. Send it anyway?".into(),
    }
}

/// The label of a field.
pub const fn field_label(field: Field) -> &'static str {
    match field {
        Field::Name => "Name",
        Field::Group => "Group",
        Field::ConsumerKey => "Consumer key",
        Field::ConsumerSecret => "Consumer secret",
        Field::SaveAs => "Save as",
        Field::Pin => "PIN",
        Field::AccessToken => "Access token",
        Field::AccessSecret => "Access secret",
    }
}

/// The checkbox.
pub fn use_registered(app: Option<&str>) -> String {
    format!("Use the {} registered app", app.unwrap_or(BRAND))
}

/// The app of a line that is done.
pub fn registered_app(app: Option<&str>) -> String {
    format!("the {} registered app", app.unwrap_or(BRAND))
}

/// Who began an authorization.
pub fn began_by(role: Role, workspace: &str) -> String {
    match role {
        Role::Operator => format!("You began this, as operator of the workspace “{workspace}”."),
        _ => "You began this yourself, on this page.".to_owned(),
    }
}

/// The age of a request token.
pub fn link_made(ago: &str) -> String {
    format!("Link made {ago}.")
}

/// What the server is doing.
pub const fn busy(busy: Busy) -> &'static str {
    match busy {
        Busy::Resuming => "Looking up where you were…",
        Busy::Beginning => "Asking X for a link…",
        Busy::Exchanging => "Exchanging the PIN at X…",
        Busy::Saving => "Checking and saving…",
        Busy::Revoking { .. } => "Revoking at X…",
    }
}

/// Something to say that is not a failure.
pub const fn note(note: Note) -> &'static str {
    match note {
        Note::PopupBlocked => "Your browser did not let X open. Use the link, or scan the QR code.",
        Note::LinkRenewed => "This is a new link. A PIN from the page before counts no more.",
        Note::AttemptOver => "What you had begun here is over. Press Get PIN to begin anew.",
        Note::NothingToSave => "Nothing to save yet: authenticate a PIN, or paste a token pair.",
    }
}

/// What became of a token, when the person must know; and whether X's page of connected apps helps.
pub fn aftermath(aftermath: &Aftermath) -> (&'static str, Words, bool) {
    match aftermath {
        Aftermath::Revoked => ("Revoked", "X confirmed that the token is dead.".into(), false),
        Aftermath::NothingGranted => {
            ("Nothing was granted", "There is nothing to revoke.".into(), false)
        }
        Aftermath::InUse => (
            "The token stays",
            "The same token serves another connection, so it was not revoked.".into(),
            false,
        ),
        Aftermath::Unknown => (
            "X may have granted a token",
            "Its answer was lost, so nobody knows. To be sure, remove the app by hand on".into(),
            true,
        ),
        Aftermath::Elsewhere => (
            "The token may still be alive",
            "It is from another provider than the one this server uses now, so it was not revoked. \
             If it is X’s, remove the app by hand on"
                .into(),
            true,
        ),
        Aftermath::Alive(reason) => {
            let why = match reason {
                Some(reason) => format!("X did not confirm that it revoked the token ({reason}). "),
                None => "X did not confirm that it revoked the token. ".to_owned(),
            };
            let next = "It may still work: remove the app by hand on";
            ("The token may still be alive", (why + next).into(), true)
        }
        Aftermath::Untold(failure) => (
            "The token may still be alive",
            format!("{}. To be sure, remove the app by hand on", explain(failure).what).into(),
            true,
        ),
    }
}

/// The sentence the list greets with.
pub fn flash(flash: &Flash) -> String {
    match flash {
        Flash::Deleted(all) => deleted(all),
        Flash::Said(said) => said.clone(),
    }
}

/// How the wizard was left.
pub fn parting(parting: &Parting) -> String {
    match parting {
        Parting::Connected(name) => fill("“%” is connected.", &[name]),
        Parting::Repaired(name) => fill("“%” is repaired.", &[name]),
        Parting::Cancelled => "Cancelled. X confirmed that the token is revoked.".to_owned(),
        Parting::CancelledInUse => "Cancelled. Nothing was added, and the token stays: another \
                                    connection lives on it."
            .to_owned(),
    }
}

/// What is repaired, and who has to sign in for it.
pub fn repairs(connection: &Connection) -> String {
    match &connection.account {
        Some(it) => {
            fill("This renews “%”: sign in at X as @%.", &[&connection.name, &it.screen_name])
        }
        None => fill("This renews “%”.", &[&connection.name]),
    }
}

/// Another account than the connection's authorized.
pub fn account_differs(connection: &Connection, theirs: &str) -> String {
    let ours = connection.account.as_ref().map_or(NONE, |it| &it.screen_name);
    fill(
        "“%” belongs to @%, and @% signed in at X. Nothing is changed yet.",
        &[&connection.name, ours, theirs],
    )
}

fn deleted(all: &[Gone]) -> String {
    let gone = all.iter().filter(|it| it.outcome.is_ok()).count();
    let revoked = all.iter().filter(|it| it.outcome == Ok(Aftermath::Revoked)).count();
    match all {
        [one] if gone == 0 => format!("“{}” is not deleted.", one.name),
        [one] if revoked == 0 => format!("“{}” is deleted.", one.name),
        [one] => format!("“{}” is deleted. X confirmed that its token is revoked.", one.name),
        _ => format!(
            "{gone} of {} are deleted. Tokens that X confirmed are revoked: {revoked}.",
            all.len()
        ),
    }
}

/// What became of one of them, and whether X’s page of connected apps helps.
pub fn gone(gone: &Gone) -> (String, bool) {
    match &gone.outcome {
        Ok(outcome) => {
            let (what, why, by_hand) = aftermath(outcome);
            (fill("“%”: %. % ", &[&gone.name, what, &why]), by_hand)
        }
        Err(code) => {
            (format!("“{}” is still here: {}.", gone.name, explain_code(*code).what), false)
        }
    }
}

/// A template with its places filled. They are marked by one character: the search for more would
/// be 4 KB of the program.
pub fn fill(template: &str, with: &[&str]) -> String {
    let mut with = with.iter();
    let mut filled = String::new();
    for (index, part) in template.split('%').enumerate() {
        if index > 0 {
            filled.push_str(with.next().copied().unwrap_or_default());
        }
        filled.push_str(part);
    }
    filled
}

/// Gone back to a version; `said` is of its name.
pub fn back(said: &str, connection: &Connection) -> String {
    let mut said = fill(said, &[&connection.name]);
    if connection.health.state == HealthState::NeedsRepair {
        said += " Its token is gone, so it needs a repair.";
    }
    said
}

/// Brought back after a deletion.
pub fn is_back(connection: &Connection) -> String {
    back(IS_BACK, connection) + " "
}

/// An edit that was rolled back: why, what somebody else changed, and what was to be changed.
pub fn refused(edit: &Outgoing, failure: &Failure) -> Vec<String> {
    let told = explain(failure);
    let why = fill("“%” is not saved. %. %", &[&edit.before.name, &told.what, &told.why]);
    let mut lines = vec![why];
    let mut line = |who: &str, name: Option<&str>, group: Option<&str>| {
        let each = [("name", name), ("group", group)].into_iter();
        let each = each.filter_map(|(field, to)| Some([field, &quoted(to?)].join(" ")));
        let each: Vec<_> = each.collect();
        if !each.is_empty() {
            lines.push(fill("%: %.", &[who, &each.join(", ")]));
        }
    };
    if let Some(theirs) = &edit.theirs {
        let name = (theirs.name != edit.before.name).then_some(&*theirs.name);
        let group = (theirs.group != edit.before.group).then_some(&*theirs.group);
        line(THEIRS, name, group);
    }
    line(
        YOURS,
        edit.change.name.as_deref(),
        edit.change.group.as_ref().map(|group| group.as_deref().unwrap_or_default()),
    );
    lines
}

const THEIRS: &str = "Saved now";
const YOURS: &str = "Yours";

fn quoted(text: &str) -> String {
    if text.is_empty() { NONE.to_owned() } else { fill("“%”", &[text]) }
}

/// What came of a move.
pub fn moved(all: &[Gone], group: &str) -> String {
    let (template, code) = match all.iter().find_map(|it| it.outcome.as_ref().err()) {
        Some(code) => ("Not all are in % now: %.", Some(code)),
        None => ("Moved to %.", None),
    };
    let group = if group.is_empty() { "no group".to_owned() } else { quoted(group) };
    fill(template, &[&group, &code.map_or(Words::Borrowed(""), |code| explain_code(*code).what)])
}

/// Connections of the same account, if any.
pub fn duplicates<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    match &names[..] {
        [] => String::new(),
        names => fill(
            "This account is connected already: %. OK adds one more; to renew it, repair that one.",
            &[&names.join(", ")],
        ),
    }
}

/// What a test came to when nothing is wrong.
pub const fn checked(live: bool, state: HealthState) -> &'static str {
    match (live, state) {
        (true, _) => "X accepts the token.",
        (_, HealthState::Ok) => "X accepted its last call.",
        _ => "Nothing is known against it.",
    }
}

/// What a version changed of a field.
pub fn change(field: &str, from: &str, to: &str) -> String {
    let field = spaced(field);
    if from.is_empty() {
        return fill("% %", &[&field, &quoted(to)]);
    }
    fill("% % → %", &[&field, &quoted(from), &quoted(to)])
}

/// What a deletion does.
pub const DELETE_HINT: &str = "Whatever uses it stops working, and its token is revoked at X, unless another connection lives on it. It can be brought back, but not its token.";

/// An access level, as a row tells it.
pub const fn access(level: Option<AccessLevel>) -> &'static str {
    match level {
        None => "not told yet",
        Some(AccessLevel::Read) => "Read",
        Some(AccessLevel::ReadWrite) => "Read + write",
        Some(AccessLevel::ReadWriteDirectMessages) => "Read + write + messages",
    }
}

/// `Connected as @brief · can read and write · 12 of 14 tasks`.
pub fn connected_as(screen_name: &str, level: Option<AccessLevel>, tasks: &[TaskAccess]) -> String {
    let can = match level {
        None => "X has not told what it can do",
        Some(AccessLevel::Read) => "can read",
        Some(AccessLevel::ReadWrite) => "can read and write",
        Some(AccessLevel::ReadWriteDirectMessages) => "can read, write and send messages",
    };
    let allowed = tasks.iter().filter(|task| task.allowed).count();
    format!("Connected as @{screen_name} · {can} · {allowed} of {} tasks", tasks.len())
}

/// Who asks, and for what.
pub fn asks(handoff: &Handoff) -> String {
    let who = handoff.app.as_ref().map_or("Whoever sent you here", |app| &app.name);
    let may = match handoff.access {
        Some(RequestedAccess::Read) => "read with your X account, and not write",
        _ => "use your X account: read, and write if its app may",
    };
    let of = handoff.connection.as_ref().map_or_else(String::new, |it| match &it.screen_name {
        Some(account) => format!(" It is for “{}”: sign in at X as @{account}.", it.name),
        None => format!(" It is for “{}”.", it.name),
    });
    format!("{who} asks to {may}. Nobody here sees your password.{of}")
}

/// A task, as the original dialog names it.
pub fn task(name: &str) -> &str {
    match name {
        "tweet" => "Tweet",
        "reply" => "Reply",
        "get-tweet" => "Get tweet",
        "delete-tweet" => "Delete tweet",
        "like" => "Like",
        "retweet" => "Retweet",
        "follow" => "Follow",
        "search" => "Search tweets",
        "timeline" => "Get timeline",
        "mentions" => "Get mentions",
        "messages" => "Get messages",
        "send-message" => "Send direct message",
        "friends" => "Get friends",
        "followers" => "Get followers",
        other => other,
    }
}

/// Why a task cannot run.
pub fn task_needs(name: &str) -> String {
    let found = pinfold_api::TASK_NEEDS.into_iter().find(|(task, _)| *task == name);
    let needs = found.map_or(AccessLevel::Read, |(_, needs)| needs);
    fill(" – needs %", &[needs.words()])
}

/// Health, as a row tells it.
pub const fn health(state: HealthState) -> &'static str {
    match state {
        HealthState::Ok => "OK",
        HealthState::NeedsRepair => "Needs repair",
        HealthState::ReadOnly => "Read only",
        HealthState::AppSuspended => "App suspended",
        HealthState::NoCredits => "No credits",
        HealthState::CannotDecrypt => "Cannot decrypt",
        HealthState::Unknown => "Not used yet",
    }
}

/// How good that is: what the dot beside it looks like.
pub const fn health_tone(state: HealthState) -> &'static str {
    match state {
        HealthState::Ok => "good",
        HealthState::Unknown => "unknown",
        HealthState::ReadOnly => "fair",
        HealthState::NeedsRepair
        | HealthState::AppSuspended
        | HealthState::NoCredits
        | HealthState::CannotDecrypt => "bad",
    }
}

/// The theme switch: the word in `data-theme`, empty for the system's.
pub fn theme(chosen: &str) -> &'static str {
    match chosen {
        "light" => "Theme: light",
        "dark" => "Theme: dark",
        _ => "Theme: system",
    }
}

/// The title of the tab.
pub fn page(title: &str) -> String {
    format!("{title} · {BRAND}")
}

/// An account.
pub fn at(screen_name: &str) -> String {
    format!("@{screen_name}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::wizard::fixtures;

    #[test]
    fn every_code_has_three_parts_and_each_is_a_sentence() {
        for code in Code::ALL {
            let Explained { what, why, next } = explain_code(*code);
            assert!(!what.is_empty() && !what.ends_with('.'), "{code:?}: {what}");
            assert!(why.ends_with('.'), "{code:?}: {why}");
            assert!(next.ends_with('.'), "{code:?}: {next}");
        }
    }

    #[test]
    fn what_a_person_can_mend_is_told_apart() {
        let mendable = [
            Code::PinRejected,
            Code::RequestTokenRejected,
            Code::AuthorizationExpired,
            Code::AppKeysRejected,
            Code::CallbackSetting,
            Code::AppSuspended,
            Code::ClockSkew,
            Code::AccountLocked,
            Code::AccountSuspended,
            Code::AppNotEnrolled,
            Code::ReadOnly,
            Code::NoCredits,
            Code::XRateLimited,
            Code::XUnreachable,
            Code::Unauthenticated,
        ];
        let told: HashSet<_> = mendable.iter().map(|code| explain_code(*code).what).collect();
        assert_eq!(told.len(), mendable.len());
    }

    #[test]
    fn a_fresh_link_is_told_of_only_when_there_is_one() {
        use pinfold_api::AuthorizationState::AwaitingPin;
        let next = || Some(fixtures::authorization("a2", AwaitingPin));
        for code in [Code::PinRejected, Code::AccountLocked, Code::XUnintelligible] {
            let with = explain(&fixtures::failure(code, None, next()));
            let without = explain(&fixtures::failure(code, None, None));
            assert!(with.why.ends_with("A fresh link is ready."), "{}", with.why);
            assert!(!without.why.contains("fresh link"), "{}", without.why);
        }
    }

    #[test]
    fn the_clock_skew_is_told_in_numbers() {
        assert!(skew(-4).contains("4 s behind"), "{}", skew(-4));
        assert!(skew(900).contains("15 min ahead"), "{}", skew(900));
    }

    #[test]
    fn a_countdown_counts_minutes_and_seconds() {
        assert_eq!(retry_in(754), "Try again in 12:34.");
        assert_eq!(retry_in(0), "You can try again now.");
    }
}
