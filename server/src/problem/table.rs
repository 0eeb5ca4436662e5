//! For each code: its status, its title, and the one next thing to do.

use pinfold_api::Code;

pub(super) struct Entry {
    pub(super) status: u16,
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
}

const fn is(status: u16, title: &'static str, detail: &'static str) -> Entry {
    Entry { status, title, detail }
}

#[expect(clippy::too_many_lines, reason = "a table, one row a code")]
pub(super) const fn entry(code: Code) -> Entry {
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
            "Use your own app's keys, or let an operator set --consumer-key and the consumer secret.",
        ),
        Code::PinRejected => is(
            422,
            "X did not accept the PIN",
            "A wrong PIN spends the link it came from. Open the fresh link in `next` and type the new PIN.",
        ),
        Code::RequestTokenRejected => is(
            422,
            "X did not accept the PIN or the link",
            "The PIN is wrong, or its link was used or is too old. Open the fresh link in `next` and type the new PIN.",
        ),
        Code::AppKeysRejected => is(
            422,
            "X did not accept the app's keys",
            "Compare the consumer key and consumer secret with the app's \"Keys and tokens\" page at X.",
        ),
        Code::TokenRejected => is(
            422,
            "X did not accept the access token",
            "The access token or access secret is wrong or was revoked. Paste them again, or use Get PIN.",
        ),
        Code::CallbackSetting => is(
            422,
            "The app has no callback URL at X",
            "In the app's settings at X, under \"User authentication settings\", enter any callback URL, even for PIN. Then Get PIN again.",
        ),
        Code::AppSuspended => is(
            422,
            "X suspended the app",
            "Look for X's message in the developer portal, or use another app.",
        ),
        Code::AppNotEnrolled => is(
            422,
            "The app may not use the X API",
            "In the developer portal, put the app into a project with access to the API (Pay-per-use, Production).",
        ),
        Code::AccountLocked => is(
            422,
            "The X account is locked",
            "Sign in at x.com as this account, unlock it there, then try again.",
        ),
        Code::AccountSuspended => {
            is(422, "X suspended the account", "Appeal at X, or connect another account.")
        }
        Code::ReadOnly => is(
            422,
            "The app may only read",
            "Set the app's permission at X to Read and write, then authorize again: old tokens keep their old permission.",
        ),
        Code::NoCredits => is(
            422,
            "No credits left at X",
            "Add credits to the app's developer account at X, then try again.",
        ),
        Code::ClockSkew => is(
            502,
            "The server's clock is wrong",
            "X refuses requests whose time differs from its own. Set this server's clock (NTP), then try again.",
        ),
        Code::XRateLimited => is(
            503,
            "X asks to wait",
            "X's limit for this call is used up. Try again after `retry_after` seconds.",
        ),
        Code::CallbackUnconfirmed => is(
            502,
            "X's answer cannot be trusted",
            "The provider did not confirm the callback, as OAuth 1.0a demands. Check --x-api-url.",
        ),
        Code::XFailed => is(
            502,
            "X has a problem",
            "X answered with an error of its own. Try again in a minute.",
        ),
        Code::XUnintelligible => is(
            502,
            "X's answer makes no sense",
            "What came back is not X's dialect. Check --x-api-url and any proxy on the way.",
        ),
        Code::XRefused => is(
            502,
            "X refused",
            "X's own words are in `x`. If they make no sense, check --x-api-url.",
        ),
        Code::XUnreachable => is(
            504,
            "X cannot be reached",
            "The server got no answer from X. Check its network, then try again.",
        ),
        Code::CannotDecrypt => is(
            409,
            "A stored secret cannot be decrypted",
            "Put the key that it was sealed with back into the master key file and restart, or connect the account again.",
        ),
        Code::PassphraseRejected => is(
            422,
            "The passphrase does not open the file",
            "Nothing was changed. Type the passphrase that the file was exported with.",
        ),
        Code::FileUnreadable => is(
            422,
            "The file cannot be read",
            "Nothing was changed. Take an export of Pinfold's, or the ~/.twurlrc, ~/.trc or ~/.xrc as it is, whole.",
        ),
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
