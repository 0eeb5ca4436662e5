//! An entry as columns: a new row, or what has to change of one.

use pinfold_api::{AppKind, HealthState};
use secrecy::{ExposeSecret as _, SecretString};

use super::House;
use super::candidate::Candidate;
use crate::seal::Place;
use crate::store::{AppColumns, ConnectionRow, Edit, TokenColumns};

/// A connection that is not here yet, with its secrets sealed to it.
pub fn row(house: &House<'_>, entry: &Candidate, id: &str, consumer_key: String) -> ConnectionRow {
    let place = |field| Place { workspace: house.workspace, record: id, field };
    let seal = |field, secret: &SecretString| house.seal.seal(place(field), secret);
    let token = entry.token.as_ref();
    ConnectionRow {
        workspace: house.workspace.to_owned(),
        provider: entry.provider.clone(),
        name: entry.name.clone(),
        group: entry.group.clone(),
        account: entry.account.clone(),
        app_kind: entry.app.kind,
        app_id: entry.app.id.clone(),
        consumer_key,
        consumer_secret_sealed: (entry.app.consumer_secret.as_ref())
            .map(|secret| seal("consumer_secret", secret)),
        access_token: token.map(|(token, _)| token.clone()),
        access_secret_sealed: token.map(|(_, secret)| seal("access_secret", secret)),
        access_level: entry.access_level,
        allow: entry.allow.clone().flatten(),
        health: if token.is_some() { entry.health } else { HealthState::NeedsRepair },
        health_since: entry.health_since,
        last_success_at: entry.last_success_at,
        last_error: entry.last_error.clone(),
        version: 1,
        created_at: entry.created_at,
        updated_at: entry.updated_at,
        last_used_at: entry.last_used_at,
        id: id.to_owned(),
    }
}

/// What has to change for the row to say what the entry says, and the first field that differs;
/// `None`: nothing.
pub fn edit(
    house: &House<'_>,
    row: &ConnectionRow,
    entry: &Candidate,
    labelled: bool,
) -> Option<(Edit, &'static str)> {
    let place = |field| Place { workspace: &row.workspace, record: &row.id, field };
    let same_secret = |field, sealed: &Option<Vec<u8>>, secret: Option<&SecretString>| {
        // What does not open differs: an import mends it.
        let ours = sealed.as_ref().map(|sealed| house.seal.open(place(field), sealed).ok());
        match (ours, secret) {
            (None, None) => true,
            (Some(Some(ours)), Some(theirs)) => ours.expose_secret() == theirs.expose_secret(),
            _ => false,
        }
    };
    let mut edit = Edit::default();
    let mut first = None;
    let mut differs = |field: &'static str| {
        first.get_or_insert(field);
    };
    if labelled && row.name != entry.name {
        edit.name = Some(entry.name.clone());
        differs("name");
    }
    if labelled && row.group != entry.group {
        edit.group = Some(entry.group.clone());
        differs("group");
    }
    // A file that says nothing of it, as those of other programs, widens nothing.
    if let Some(allow) = &entry.allow
        && row.allow != *allow
    {
        edit.allow = Some(allow.clone());
        differs("allow");
    }
    if let (Some(key), Some((token, secret))) = (&entry.app.consumer_key, &entry.token) {
        let consumer_secret = entry.app.consumer_secret.as_ref();
        // A file of another program knows no saved apps: one with the same key is the same.
        let is_kept = !labelled && row.app_kind != AppKind::Own;
        let same_app = row.consumer_key == *key
            && (is_kept || row.app_kind == entry.app.kind && row.app_id == entry.app.id)
            && (row.app_kind != AppKind::Own
                || same_secret("consumer_secret", &row.consumer_secret_sealed, consumer_secret));
        if !same_app {
            edit.app = Some(AppColumns {
                kind: entry.app.kind,
                id: entry.app.id.clone(),
                consumer_key: key.clone(),
                consumer_secret_sealed: consumer_secret
                    .map(|secret| house.seal.seal(place("consumer_secret"), secret)),
            });
            differs("app");
        }
        let same_token = row.access_token.as_ref() == Some(token)
            && row.provider == entry.provider
            && same_secret("access_secret", &row.access_secret_sealed, Some(secret));
        if !same_token {
            edit.token = Some(TokenColumns {
                provider: entry.provider.clone(),
                account: entry.account.clone(),
                pair: Some((token.clone(), house.seal.seal(place("access_secret"), secret))),
                access_level: entry.access_level,
                health: entry.health,
                last_success_at: entry.last_success_at,
            });
            differs("access_token");
        }
    }
    first.map(|field| (edit, field))
}
