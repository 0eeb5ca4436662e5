//! For each code: its status, its title, and the one next thing to do.

use pinfold_api::Code;

use crate::x::doctor;

pub(super) struct Entry {
    pub(super) status: u16,
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
}

const fn is(status: u16, title: &'static str, detail: &'static str) -> Entry {
    Entry { status, title, detail }
}

/// What to do about X's refusals is the error doctor's.
fn of_x(status: u16, title: &'static str, code: Code) -> Entry {
    is(status, title, doctor::advice(code).unwrap_or("Try again in a minute."))
}

#[expect(clippy::too_many_lines, reason = "a table, one row a code")]
pub(super) fn entry(code: Code) -> Entry {
    match code {
        Code::InvalidRequest => {
            is(400, "The request is not valid", "Correct the named field and send it again.")
        }
        Code::InvalidField => {
            is(422, "A field cannot be accepted", "Correct the named field and send it again.")
        }
        Code::Unauthenticated => is(
            401,
            "Not signed in",
            "Sign in with the access key or a fresh link from `pinfold sign-in`, then do it again.",
        ),
        Code::SignInRefused => is(
            401,
            "Sign-in refused",
            "The access key is wrong, or the link was used or is too old. Run `pinfold sign-in` for a fresh link.",
        ),
        Code::ProviderUnreachable => is(
            502,
            "The sign-in provider does not answer",
            "Try again in a minute, or sign in with the access key or a link from `pinfold sign-in`.",
        ),
        Code::LinkUsed => is(
            401,
            "This link was opened before",
            "It works once. If that was you, go on in the browser that opened it; if not, ask whoever sent it for a new one.",
        ),
        Code::LinkExpired => is(
            401,
            "This link is over",
            "It is too old, or was withdrawn. Ask whoever sent it for a new one.",
        ),
        Code::HandoffDone => is(
            403,
            "All done",
            "What you were asked for is connected, and this page can do no more. You can close it.",
        ),
        Code::Forbidden => is(
            403,
            "Not allowed",
            "This session may not do that. Ask an operator of the workspace.",
        ),
        Code::ForeignOrigin => is(
            403,
            "Refused for another site's page",
            "Open Pinfold at its own address, or let an operator add the origin with --allow-origin.",
        ),
        Code::ForeignHost => is(
            421,
            "Unknown host",
            "Use the server's public address, or set --public-url to the address in use.",
        ),
        Code::NotFound => is(
            404,
            "Not found",
            "There is no such thing in this workspace. It may have been deleted.",
        ),
        Code::MethodNotAllowed => {
            is(405, "Method not allowed", "See /openapi.json for what this path can do.")
        }
        Code::NameTaken => is(
            409,
            "The name is taken",
            "Another connection of this workspace has this name. Choose another one.",
        ),
        Code::AccountDiffers => is(
            409,
            "Another account",
            "This connection belongs to another X account. Send `replace` to change its account, or `as_new` to make a new connection.",
        ),
        Code::AppDiffers => is(
            409,
            "Another app",
            "The connection's token belongs to another consumer key. Repair the connection with that app instead.",
        ),
        Code::NeedsRepair => is(
            409,
            "Not connected",
            "This connection has no token. Repair it: authorize its account once more.",
        ),
        Code::WrongState => is(
            409,
            "Not possible any more",
            "This authorization is finished or cancelled. Start again with Get PIN.",
        ),
        Code::AuthorizationExpired => is(
            410,
            "The authorization expired",
            "It was not finished in time. Continue with the fresh link in `next`, or start again with Get PIN.",
        ),
        Code::PriceUnconfirmed => is(
            409,
            "A post with a URL is dearer",
            "X bills a post with a URL $0.20 instead of $0.015. Send it again with confirm_price: true (--confirm-price on the command line), or without the URL.",
        ),
        Code::VersionStale => is(
            412,
            "Changed by somebody else",
            "Read it again, then make your change to what is there now.",
        ),
        Code::TooLarge => {
            is(413, "The body is too large", "No valid request is this large. Send less.")
        }
        Code::UnsupportedMediaType => is(415, "Not JSON", "Send the body as application/json."),
        Code::RequestTimeout => {
            is(408, "The request came too slowly", "Send it again on a faster connection.")
        }
        Code::TooManyRequests => {
            is(429, "Too many tries", "Wait for `retry_after` seconds, then try again.")
        }
        Code::PathRefused => is(
            400,
            "No path of the signing proxy",
            "Send X's own path below /2/ or /1.1/, with letters, digits and . _ ~ - only, nothing encoded.",
        ),
        Code::Unsignable => is(
            400,
            "The parameters cannot be signed",
            "Give each parameter once, with a name of letters, digits and . _ ~ - only.",
        ),
        Code::OutsideConnection => is(
            403,
            "The connection is not for that",
            "It may be used for the tasks and paths of its `allow` only. Name one of those, or let an operator widen it.",
        ),
        Code::OutsideKey => is(
            403,
            "Not covered by this key",
            "This task key names other connections, tasks or paths. Ask an operator for one that covers this.",
        ),
        Code::SpendCapReached => is(
            429,
            "The key's daily budget is spent",
            "Wait until the next day (UTC), or ask an operator for a key with a higher per_day_usd.",
        ),
        Code::NoRegisteredApp => is(
            409,
            "No registered app",
            "Use your own app's keys, or let an operator set one: `registered_app` of the workspace, or --consumer-key and the consumer secret for the server's own.",
        ),
        Code::AppInUse => is(
            409,
            "The app is in use",
            "Name another saved app with the same consumer key as `replacement`, or delete its connections first.",
        ),
        Code::WorkspaceInUse => is(
            409,
            "The workspace is not empty",
            "Let its operator delete its connections first, so that their tokens are revoked at X, and finish or cancel what is being connected.",
        ),
        Code::WorkspaceFull => is(
            409,
            "The workspace is full",
            "It holds as many connections as it may. Delete one, or ask the server's operator for more.",
        ),
        Code::CannotDecrypt => is(
            409,
            "A stored secret cannot be decrypted",
            "Put the key that it was sealed with back into the master key file and restart, or connect the account again.",
        ),
        Code::PassphraseRejected => is(
            422,
            "The passphrase does not open the file",
            "This is not the passphrase that the file was exported with. Nothing was changed: type it again.",
        ),
        Code::FileUnreadable => is(
            422,
            "The file cannot be read",
            "Nothing was changed. Take an export of Pinfold's, or the ~/.twurlrc, ~/.trc or ~/.xrc as it is, whole.",
        ),
        Code::PinRejected => of_x(422, "X did not accept the PIN", code),
        Code::RequestTokenRejected => of_x(422, "X did not accept the PIN or the link", code),
        Code::AppKeysRejected => of_x(422, "X did not accept the app's keys", code),
        Code::TokenRejected => of_x(422, "X did not accept the access token", code),
        Code::CallbackSetting => of_x(422, "The app has no callback URL at X", code),
        Code::AppSuspended => of_x(422, "X suspended the app", code),
        Code::AppNotEnrolled => of_x(422, "The app may not use the X API", code),
        Code::AccountLocked => of_x(422, "The X account is locked", code),
        Code::AccountSuspended => of_x(422, "X suspended the account", code),
        Code::ReadOnly => of_x(422, "The access that X granted does not reach", code),
        Code::NoCredits => of_x(422, "No credits left at X", code),
        Code::ClockSkew => of_x(502, "The server's clock is wrong", code),
        Code::XRateLimited => of_x(503, "X asks to wait", code),
        Code::CallbackUnconfirmed => of_x(502, "X's answer cannot be trusted", code),
        Code::XFailed => of_x(502, "X has a problem", code),
        Code::XUnintelligible => of_x(502, "X's answer makes no sense", code),
        Code::XRefused => of_x(502, "X refused", code),
        Code::XUnreachable => of_x(504, "X cannot be reached", code),
        Code::StoreUnavailable => is(
            503,
            "The store does not answer",
            "Check the disk of the data folder, look at what is there now, then try again.",
        ),
        Code::Internal | Code::Unknown => is(
            500,
            "A fault of this program",
            "The server's log has more under the request id. Look at what is there now before you try again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_to_do() {
        for code in Code::ALL {
            let entry = entry(*code);
            assert!((400..600).contains(&entry.status), "{code:?}");
            assert!(entry.detail.ends_with('.') && !entry.title.ends_with('.'), "{code:?}");
        }
    }
}
