//! Out: connections as a file, with their secrets only under a passphrase.

use std::collections::HashSet;

use pinfold_api::{AppKind, Code};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::House;
use super::document::{AppEntry, Document, Entry, EntryApp, EntryHealth, FORMAT, Plain};
use crate::authorization::hint;
use crate::clock::{canonical_id, rfc3339};
use crate::problem::Refusal;
use crate::seal::Place;
use crate::store::{AppRow, ConnectionRow};

/// Characters of a passphrase: whoever has the file can try without end.
pub const PASSPHRASE_CHARS: usize = 12;

/// A file.
pub struct Exported {
    /// How it is called.
    pub name: String,
    /// What it is.
    pub content_type: &'static str,
    /// Its text.
    pub text: Zeroizing<String>,
    /// How many connections are in it.
    pub connections: usize,
}

/// Writes the connections with these ids, or all. At most `cap`.
pub async fn export(
    house: &House<'_>,
    ids: Option<&[String]>,
    passphrase: Option<SecretString>,
    cap: usize,
) -> Result<Exported, Refusal> {
    if let Some(passphrase) = &passphrase {
        check_passphrase(passphrase)?;
    }
    let rows = match ids {
        Some(ids) => chosen(house, ids, cap).await?,
        None => house.store.all_connections(house.workspace, cap + 1).await?,
    };
    if rows.len() > cap {
        return Err(too_many(cap));
    }
    let secrets = passphrase.is_some();
    let apps = house.store.apps(house.workspace).await?;
    let theirs: HashSet<_> = rows.iter().filter_map(|row| row.app_id.clone()).collect();
    let used = |app: &AppRow| ids.is_none() || theirs.contains(&app.id);
    let apps = apps.into_iter().map(|(app, _)| app).filter(used);
    let apps: Vec<_> = apps.map(|app| app_entry(house, app, secrets)).collect::<Result<_, _>>()?;
    let entries = rows.into_iter().map(|row| entry(house, row, secrets));
    let document = Document {
        pinfold_export: FORMAT,
        exported_at: rfc3339(house.by.at),
        secrets,
        apps,
        connections: entries.collect::<Result<_, _>>()?,
    };
    let connections = document.connections.len();
    let text = Zeroizing::new(serde_json::to_string_pretty(&document).map_err(|error| {
        tracing::error!(%error, "an export cannot be written");
        Refusal::new(Code::Internal)
    })?);
    let day: String = document.exported_at.chars().take(10).collect();
    let Some(passphrase) = passphrase else {
        let name = format!("pinfold-{day}.json");
        return Ok(Exported { name, content_type: "application/json", text, connections });
    };
    let text = super::import::one_at_a_time(house.workspace, move || {
        Zeroizing::new(crate::seal::lock(text.as_bytes(), passphrase))
    })
    .await?;
    let name = format!("pinfold-{day}.age");
    Ok(Exported { name, content_type: "application/age", text, connections })
}

fn check_passphrase(passphrase: &SecretString) -> Result<(), Refusal> {
    let characters = passphrase.expose_secret().chars().count();
    if (PASSPHRASE_CHARS..=1000).contains(&characters) {
        return Ok(());
    }
    Err(Refusal::field(
        "passphrase",
        format!("At least {PASSPHRASE_CHARS} characters, such as four words. Choose a longer one."),
    ))
}

fn too_many(cap: usize) -> Refusal {
    Refusal::new(Code::TooLarge).because(format!(
        "More than {cap} connections are too many for one answer. Use `pinfold export` on the \
         server."
    ))
}

async fn chosen(
    house: &House<'_>,
    ids: &[String],
    cap: usize,
) -> Result<Vec<ConnectionRow>, Refusal> {
    let (mut rows, mut seen) = (Vec::new(), HashSet::new());
    for (number, id) in ids.iter().enumerate() {
        let not_found = || Refusal::new(Code::NotFound).at(format!("ids[{number}]"));
        let id = canonical_id(id).ok_or_else(not_found)?;
        if seen.contains(&id) {
            continue;
        }
        if rows.len() == cap {
            return Err(too_many(cap));
        }
        let row = house.store.connection(house.workspace, &id).await?;
        rows.push(row.ok_or_else(not_found)?);
        seen.insert(id);
    }
    Ok(rows)
}

/// A connection whose secrets do not open stops an export with secrets: a copy that lacks something
/// without saying so is no copy.
fn entry(house: &House<'_>, row: ConnectionRow, secrets: bool) -> Result<Entry, Refusal> {
    let opened = |field, sealed: &Option<Vec<u8>>| match sealed {
        Some(sealed) if secrets => open(house, row.place(field), sealed, &row.name).map(Some),
        _ => Ok(None),
    };
    let consumer_secret = match row.app_kind {
        AppKind::Own => opened("consumer_secret", &row.consumer_secret_sealed)?,
        AppKind::Registered | AppKind::Saved => None,
    };
    let access_secret = opened("access_secret", &row.access_secret_sealed)?;
    Ok(Entry {
        app: EntryApp {
            kind: row.app_kind,
            id: row.app_id,
            consumer_key: secrets.then(|| row.consumer_key.clone()),
            consumer_key_hint: (!secrets).then(|| hint(&row.consumer_key)),
            consumer_secret,
        },
        access_secret,
        health: Some(EntryHealth {
            state: row.health,
            since: rfc3339(row.health_since),
            last_success: row.last_success_at.map(rfc3339),
            last_error: row.last_error,
        }),
        id: Some(row.id),
        provider: Some(row.provider),
        name: row.name,
        group: row.group,
        account: row.account,
        access_token: row.access_token,
        access_level: row.access_level,
        allow: Some(row.allow),
        created_at: Some(rfc3339(row.created_at)),
        updated_at: Some(rfc3339(row.updated_at)),
        last_used_at: row.last_used_at.map(rfc3339),
    })
}

fn app_entry(house: &House<'_>, row: AppRow, secrets: bool) -> Result<AppEntry, Refusal> {
    let place = crate::apps::place(&row.workspace, &row.id);
    let secret = secrets.then(|| open(house, place, &row.consumer_secret_sealed, &row.name));
    Ok(AppEntry {
        consumer_secret: secret.transpose()?,
        consumer_key: secrets.then(|| row.consumer_key.clone()),
        consumer_key_hint: (!secrets).then(|| hint(&row.consumer_key)),
        access: row.access,
        created_at: Some(rfc3339(row.created_at)),
        updated_at: Some(rfc3339(row.updated_at)),
        secret_set_at: Some(rfc3339(row.secret_set_at)),
        id: row.id,
        name: row.name,
    })
}

fn open(house: &House<'_>, place: Place<'_>, sealed: &[u8], whose: &str) -> Result<Plain, Refusal> {
    house.seal.open(place, sealed).map(Plain).map_err(|error| {
        Refusal::from(error).because(format!(
            "The secret of {whose:?} does not open with the server's master keys. Put the old key \
             back, or export without it."
        ))
    })
}
