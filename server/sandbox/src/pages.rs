//! What a person sees: consent, PIN, refusal. Plain HTML without scripts, marked as no part of X.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::dialect::with;
use crate::misbehave::{Misbehaviour, Mode};
use crate::world::{ACCOUNTS, Account, App, Callback, Consent, Permission};

const STYLE: &str = include_str!("pages/style.css");

/// The pages, with the policy that admits their one style and nothing else.
pub(crate) struct Pages {
    style_hash: String,
}

/// What the address of the consent page asks for.
pub(crate) struct Visit<'a> {
    pub(crate) token: &'a str,
    pub(crate) chosen: &'static Account,
    pub(crate) force_login: bool,
}

impl Pages {
    pub(crate) fn new() -> Self {
        Self { style_hash: STANDARD.encode(Sha256::digest(STYLE)) }
    }

    /// Asks the account owner.
    pub(crate) fn consent(
        &self,
        visit: &Visit<'_>,
        consent: &Consent<'_>,
        orders: &[Misbehaviour],
    ) -> Response {
        let login = if visit.force_login {
            "<p>X would ask for your password here, even if you were signed in.</p>"
        } else {
            ""
        };
        let main = fill(
            include_str!("pages/consent.html"),
            &[
                ("app", &escape(&consent.app.name)),
                ("token", &escape(visit.token)),
                ("login", login),
                (
                    "accounts",
                    &ACCOUNTS.iter().map(|one| account(one, visit.chosen)).collect::<String>(),
                ),
                ("abilities", &abilities(consent.level)),
                ("open", if orders.is_empty() { "" } else { " open" }),
                ("orders", &waiting(orders)),
                ("modes", &Mode::ALL.iter().map(|mode| option(&word(mode))).collect::<String>()),
            ],
        );
        let origin = match consent.callback {
            Callback::OutOfBand => None,
            Callback::Url(address) => Url::parse(address).ok(),
        };
        // A browser applies `form-action` to where the answer of a form redirects, too.
        let target = origin.map(|url| format!(" {}", url.origin().ascii_serialization()));
        self.page(StatusCode::OK, "Authorize", &main, &target.unwrap_or_default())
    }

    /// Shows the PIN.
    pub(crate) fn pin(&self, app: &App, account: &Account, pin: &str) -> Response {
        let main = fill(
            include_str!("pages/pin.html"),
            &[
                ("app", &escape(&app.name)),
                ("pin", &escape(pin)),
                ("screen_name", &escape(account.screen_name)),
            ],
        );
        self.page(StatusCode::OK, "Your PIN", &main, "")
    }

    /// Confirms that nothing was granted.
    pub(crate) fn denied(&self, app_name: &str) -> Response {
        let main = fill(include_str!("pages/denied.html"), &[("app", &escape(app_name))]);
        self.page(StatusCode::OK, "Access denied", &main, "")
    }

    /// There is nothing to consent to.
    pub(crate) fn dead(&self) -> Response {
        self.page(StatusCode::FORBIDDEN, "No request token", include_str!("pages/dead.html"), "")
    }

    fn page(&self, status: StatusCode, title: &str, main: &str, form_target: &str) -> Response {
        let html = fill(
            include_str!("pages/frame.html"),
            &[("title", title), ("style", STYLE), ("main", main)],
        );
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; img-src data:; form-action 'self'{form_target}; \
             base-uri 'none'; frame-ancestors 'none'",
            self.style_hash
        );
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            // Not `no-referrer`: with that, browsers send forms with `Origin: null`.
            (header::REFERRER_POLICY, "same-origin"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        let response = (status, headers, html).into_response();
        let response = with(response, "cross-origin-opener-policy", "same-origin");
        with(response, "content-security-policy", &policy)
    }
}

fn account(account: &Account, chosen: &Account) -> String {
    let checked = if account.user_id == chosen.user_id { " checked" } else { "" };
    fill(
        include_str!("pages/account.html"),
        &[
            ("screen_name", &escape(account.screen_name)),
            ("name", &escape(account.name)),
            ("note", &escape(account.note)),
            ("checked", checked),
        ],
    )
}

fn abilities(level: Permission) -> String {
    let by_level = [
        (Permission::Read, "See posts from your timeline, your lists and the accounts you follow."),
        (Permission::ReadWrite, "Post, like, repost, and follow or unfollow accounts for you."),
        (Permission::ReadWriteDirectMessages, "Read and send direct messages for you."),
    ];
    let granted = by_level.iter().filter(|(needed, _)| *needed <= level);
    granted.flat_map(|(_, ability)| ["<li>", ability, "</li>\n"]).collect()
}

fn waiting(orders: &[Misbehaviour]) -> String {
    if orders.is_empty() {
        return String::new();
    }
    let items = orders.iter().map(|order| {
        let (mode, step) = (word(&order.mode), word(&order.step));
        format!(
            "<li><code>{}</code>, step {}, {} left</li>\n",
            escape(&mode),
            escape(&step),
            order.times
        )
    });
    format!("<p>Waiting to happen:</p>\n<ul>\n{}</ul>", items.collect::<String>())
}

fn option(mode: &str) -> String {
    format!("<option value=\"{mode}\">{}</option>\n", mode.replace('_', " "))
}

/// The word that stands for this in JSON.
fn word(of: &impl Serialize) -> String {
    let value = serde_json::to_value(of).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Puts markup into the `{{slots}}` of a template, in one pass: what was put in is not read again.
fn fill(template: &str, slots: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut html = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (slot, after) = piece.split_once("}}").unwrap_or((piece, ""));
        let value = slots.iter().find(|(name, _)| *name == slot).map(|(_, value)| *value);
        html.push_str(value.unwrap_or_else(|| unreachable!("no value for the slot {slot}")));
        html.push_str(after);
    }
    html
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_into_a_page_is_text() {
        assert_eq!(escape("<b a='1'>\"&"), "&lt;b a=&#39;1&#39;&gt;&quot;&amp;");
    }

    #[test]
    fn a_value_that_looks_like_a_slot_is_left_alone() {
        assert_eq!(fill("{{a}}-{{b}}", &[("a", "{{b}}"), ("b", "1")]), "{{b}}-1");
    }
}
