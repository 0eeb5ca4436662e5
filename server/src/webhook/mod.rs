//! Webhooks: a portal's back end is told what becomes of connections.
//!
//! The store writes a message into the outbox in the transaction of the change that it tells of;
//! [`run`] posts it, signed, until it is answered with 2xx or was tried for a day and a half. This is
//! the one other place with outbound HTTP besides [`crate::x`]: here a tenant names the host, so
//! [`Reach`] says which addresses may be asked, and [`post`](self) looks at the very address that it
//! connects to.

mod courier;
mod post;
mod reach;

use pinfold_api::{
    Action, Code, CreatedWebhook, Delivery, DeliveryAttempt, DeliveryState, NewWebhook, Webhook,
};
use secrecy::ExposeSecret as _;
use url::{Host, Url};

use crate::clock::rfc3339;
use crate::problem::Refusal;
use crate::seal::{Place, message_secret};
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AttemptRow, DeliveryRow, WebhookRow};

pub(crate) use courier::run;
pub use post::Post;
pub use reach::Reach;

/// In a workspace.
const MOST: i64 = 10;
/// Bytes of a URL.
const URL_CAP: usize = 2000;
/// In an answer.
const SHOWN: i64 = 50;

/// Where the secret of a webhook lies.
fn place<'a>(workspace: &'a str, id: &'a str) -> Place<'a> {
    Place { workspace, record: id, field: "secret" }
}

/// Makes a webhook. Its secret is in the answer and nowhere else.
pub async fn create(
    state: &AppState,
    caller: &Caller,
    wanted: NewWebhook,
) -> Result<CreatedWebhook, Refusal> {
    let url = address(state.post.reach(), &wanted.url)?;
    let (secret, id) = (message_secret(), state.clock.new_id().to_string());
    let row = WebhookRow {
        workspace: caller.workspace.clone(),
        secret_sealed: state.seal.seal(place(&caller.workspace, &id), &secret),
        created_at: state.clock.now(),
        url: url.into(),
        id,
    };
    // Path and query may be secrets of the portal's.
    let host = wanted_host(&row.url);
    let entry = state.entry(caller, Action::WebhookCreate).on(&row.id).saying(host);
    if !state.store.insert_webhook(&row, MOST, &entry).await? {
        let words = format!("A workspace has at most {MOST} webhooks. Delete one first.");
        return Err(Refusal::field("url", words));
    }
    Ok(CreatedWebhook { secret: secret.expose_secret().to_owned(), details: row.answer() })
}

/// The last messages to a webhook.
pub async fn deliveries(
    state: &AppState,
    caller: &Caller,
    id: &str,
) -> Result<Vec<Delivery>, Refusal> {
    if state.store.webhook(&caller.workspace, id).await?.is_none() {
        return Err(Code::NotFound.into());
    }
    let rows = state.store.deliveries(&caller.workspace, id, SHOWN).await?;
    Ok(rows.into_iter().map(|(message, attempts)| shown(message, attempts)).collect())
}

impl WebhookRow {
    /// As the contract shows it.
    pub fn answer(self) -> Webhook {
        Webhook {
            id: self.id,
            workspace: self.workspace,
            url: self.url,
            created_at: rfc3339(self.created_at),
        }
    }
}

fn shown(message: DeliveryRow, attempts: Vec<AttemptRow>) -> Delivery {
    let attempts = attempts.into_iter().map(|attempt| DeliveryAttempt {
        at: rfc3339(attempt.at),
        milliseconds: attempt.milliseconds,
        status: attempt.status,
        error: attempt.error,
    });
    let waits = message.state == DeliveryState::Waiting;
    Delivery {
        id: message.id,
        event: message.event,
        connection_id: message.connection_id,
        state: message.state,
        attempts: attempts.collect(),
        created_at: rfc3339(message.created_at),
        next_attempt_at: waits.then(|| rfc3339(message.next_at)),
    }
}

/// A URL that messages may be posted to, as far as its text tells: what its name leads to is looked
/// at each time.
fn address(reach: &Reach, text: &str) -> Result<Url, Refusal> {
    let refuse = |words: &str| Err(Refusal::field("url", words));
    let url = match Url::parse(text.trim()) {
        Ok(url) if url.has_host() && text.len() <= URL_CAP => url,
        _ => return refuse("This is no URL. Give one such as https://portal.example/pinfold."),
    };
    let clear = match url.scheme() {
        "https" => false,
        "http" if reach.lists_any() => true,
        _ => return refuse("Messages go over https. Give a URL that begins with https://."),
    };
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return refuse("Leave out user name, password and fragment: messages are signed.");
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(address.into()),
        _ => None,
    };
    if let Some(address) = literal
        && !reach.allows(address, clear)
    {
        if reach.allows(address, false) {
            return refuse("Messages go over https. Give a URL that begins with https://.");
        }
        return refuse(
            "This address is not one of the internet's. Give a public one, or let the server's \
             operator list it with --webhook-allow.",
        );
    }
    Ok(url)
}

/// Whose webhook it is, for the audit log.
fn wanted_host(url: &str) -> String {
    let url = Url::parse(url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_https_at_a_public_address() {
        let (none, some) = (Reach::default(), Reach::new(vec!["127.0.0.1".parse().expect("one")]));
        assert!(address(&none, "https://portal.example/hook?key=1").is_ok());
        assert!(address(&some, "http://127.0.0.1:8081/hook").is_ok());
        for bad in [
            "portal.example",
            "http://portal.example/",
            "ftp://portal.example/",
            "https://user@portal.example/",
            "https://portal.example/#a",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data/",
        ] {
            assert!(address(&none, bad).is_err(), "{bad}");
        }
        assert!(address(&some, "http://10.0.0.1/").is_err());
    }
}
