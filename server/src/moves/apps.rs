//! The saved apps of a file: which of those here each one is, or becomes.

use std::collections::{HashMap, HashSet};

use pinfold_api::{Code, ImportAction, ImportItem, ImportKind, ImportResult, OnClash};
use secrecy::{ExposeSecret as _, SecretString};

use super::House;
use super::candidate::{Unusable, unusable};
use super::document::AppEntry;
use super::plan::Planned;
use crate::apps::{name as name_text, place};
use crate::authorization::{hint, key_pair};
use crate::clock::{canonical_id, millis};
use crate::connection::name_with_number;
use crate::problem::Refusal;
use crate::store::{AppEdit, AppRow, ImportStep, lower};

/// How many numbers are tried for a name that is taken.
const NUMBERED: u32 = 1000;

/// The apps that the connections of a file may belong to, by their ids in the file.
#[derive(Default)]
pub struct Apps {
    known: HashMap<String, Known>,
    /// By their keys, the ids that they have in the file.
    keys: HashMap<String, String>,
    names: HashSet<String>,
}

/// What an app of the file is here.
#[derive(Clone)]
pub struct Known {
    /// Its id here.
    pub id: String,
    /// Its key.
    pub consumer_key: String,
    /// Its secret, to ask X with.
    pub secret: Option<SecretString>,
}

/// An entry, checked.
struct Candidate {
    id: String,
    name: String,
    /// `None` in a file without secrets.
    keys: Option<(String, SecretString)>,
    entry: AppEntry,
}

impl Apps {
    /// The app with this id in the file.
    pub fn get(&self, id: &str) -> Option<&Known> {
        self.known.get(id)
    }

    /// Decides about the next app of the file.
    pub async fn add(
        &mut self,
        house: &House<'_>,
        entry: AppEntry,
        secrets: bool,
        on_clash: OnClash,
    ) -> Result<Planned, Refusal> {
        let name: String = entry.name.chars().take(100).collect();
        let planned = match check(entry, secrets) {
            Ok(entry) => self.decide(house, entry, on_clash).await?,
            Err(why) => Planned::unusable(name, None, why),
        };
        Ok(Planned { item: ImportItem { kind: ImportKind::App, ..planned.item }, ..planned })
    }

    async fn decide(
        &mut self,
        house: &House<'_>,
        entry: Candidate,
        on_clash: OnClash,
    ) -> Result<Planned, Refusal> {
        if self.known.contains_key(&entry.id) {
            let why = unusable("id", "Another app of the file has this id.");
            return Ok(Planned::unusable(entry.name, None, why));
        }
        let row = house.store.app(house.workspace, &entry.id).await?;
        let Some((key, secret)) = &entry.keys else {
            let row =
                row.filter(|row| Some(hint(&row.consumer_key)) == entry.entry.consumer_key_hint);
            let Some(row) = row else {
                let why = unusable(
                    "consumer_secret",
                    "The file holds no secrets, and there is no such app here. Export it again with \
                     a passphrase.",
                );
                return Ok(Planned::unusable(entry.name, None, why));
            };
            return self.compare(house, row, &entry).await;
        };
        // Twice in the file, it is one app.
        if let Some(twin) = self.keys.get(key).and_then(|id| self.known.get(id)).cloned() {
            let item =
                item(&entry.name, Some(&twin.id), ImportAction::Unchanged, ImportResult::Skipped);
            self.known.insert(entry.id, twin);
            return Ok(Planned { item, step: None });
        }
        if let Some(row) = row.filter(|row| row.consumer_key == *key) {
            return self.compare(house, row, &entry).await;
        }
        // A token belongs to a consumer key, whatever the app is called.
        if let Some(row) = house.store.app_with_key(house.workspace, key).await? {
            let item =
                item(&row.name, Some(&row.id), ImportAction::Unchanged, ImportResult::Skipped);
            self.know(&entry, &row.id, key, Some(secret));
            return Ok(Planned { item, step: None });
        }
        let mut name = entry.name.clone();
        let taken = self.taken(house, &name).await?;
        if taken && on_clash == OnClash::Skip {
            let mut item = item(&name, None, ImportAction::Clash, ImportResult::Skipped);
            item.field = Some("name".to_owned());
            item.reason = Some("Another app has this name.".to_owned());
            return Ok(Planned { item, step: None });
        }
        if taken {
            name = self.free_name(house, &name).await?;
        }
        let id = if house.store.app_id_is_taken(house.workspace, &entry.id).await? {
            house.clock.new_id().to_string()
        } else {
            entry.id.clone()
        };
        let time = |text: &Option<String>| text.as_deref().and_then(millis);
        let row = AppRow {
            workspace: house.workspace.to_owned(),
            consumer_key: key.clone(),
            consumer_secret_sealed: house.seal.seal(place(house.workspace, &id), secret),
            access: entry.entry.access,
            version: 1,
            created_at: time(&entry.entry.created_at).unwrap_or(house.by.at),
            updated_at: time(&entry.entry.updated_at).unwrap_or(house.by.at),
            secret_set_at: time(&entry.entry.secret_set_at).unwrap_or(house.by.at),
            name: name.clone(),
            id: id.clone(),
        };
        self.know(&entry, &id, key, Some(secret));
        self.names.insert(lower(&name));
        let (action, result) = if taken {
            (ImportAction::Clash, ImportResult::Renamed)
        } else {
            (ImportAction::New, ImportResult::Created)
        };
        let mut item = item(&name, Some(&id), action, result);
        item.field = taken.then(|| "name".to_owned());
        Ok(Planned { item, step: Some(ImportStep::InsertApp(Box::new(row))) })
    }

    /// The app is here. A name that another one has stays away; the rest follows the file.
    async fn compare(
        &mut self,
        house: &House<'_>,
        row: AppRow,
        entry: &Candidate,
    ) -> Result<Planned, Refusal> {
        let secret = entry.keys.as_ref().map(|(_, secret)| secret);
        self.know(entry, &row.id, &row.consumer_key, secret);
        let mut edit = AppEdit::default();
        let mut field = None;
        if let Some(secret) = secret {
            let ours = house.seal.open(place(&row.workspace, &row.id), &row.consumer_secret_sealed);
            if ours.ok().is_none_or(|ours| ours.expose_secret() != secret.expose_secret()) {
                let sealed = house.seal.seal(place(&row.workspace, &row.id), secret);
                edit.consumer_secret_sealed = Some(sealed);
                field = Some("consumer_secret");
            }
        }
        if row.access != entry.entry.access {
            edit.access = Some(entry.entry.access);
            field = Some("access");
        }
        let mut clash = false;
        if row.name != entry.name {
            let same_letters = lower(&row.name) == lower(&entry.name);
            clash = !same_letters && self.taken(house, &entry.name).await?;
            if !clash {
                edit.name = Some(entry.name.clone());
                self.names.insert(lower(&entry.name));
            }
            field = Some("name");
        }
        let changes =
            edit.name.is_some() || edit.access.is_some() || edit.consumer_secret_sealed.is_some();
        let action = match (clash, changes) {
            (true, _) => ImportAction::Clash,
            (false, true) => ImportAction::Update,
            (false, false) => ImportAction::Unchanged,
        };
        let result = if changes { ImportResult::Updated } else { ImportResult::Skipped };
        let name = edit.name.as_ref().unwrap_or(&row.name);
        let mut item = item(name, Some(&row.id), action, result);
        item.field = field.map(str::to_owned);
        let step = changes.then(|| ImportStep::EditApp {
            id: row.id.clone(),
            version: row.version,
            edit: Box::new(edit),
        });
        Ok(Planned { item, step })
    }

    fn know(&mut self, entry: &Candidate, id: &str, key: &str, secret: Option<&SecretString>) {
        let known =
            Known { id: id.to_owned(), consumer_key: key.to_owned(), secret: secret.cloned() };
        self.keys.insert(key.to_owned(), entry.id.clone());
        self.known.insert(entry.id.clone(), known);
    }

    async fn taken(&self, house: &House<'_>, name: &str) -> Result<bool, Refusal> {
        Ok(self.names.contains(&lower(name))
            || house.store.app_name_is_taken(house.workspace, name).await?)
    }

    async fn free_name(&self, house: &House<'_>, name: &str) -> Result<String, Refusal> {
        for number in 2..NUMBERED {
            let name = name_with_number(name, number);
            if !self.taken(house, &name).await? {
                return Ok(name);
            }
        }
        Err(Refusal::new(Code::NameTaken).at("name"))
    }
}

fn check(entry: AppEntry, secrets: bool) -> Result<Candidate, Unusable> {
    let id = canonical_id(&entry.id).ok_or_else(|| unusable("id", "This is no UUID."))?;
    let name = name_text("name", &entry.name)?;
    let keys = if secrets {
        let secret = entry.consumer_secret.as_ref().map(|secret| &secret.0);
        let keys = key_pair("", entry.consumer_key.as_deref(), secret)?;
        Some((keys.id.clone(), keys.secret.clone()))
    } else {
        None
    };
    Ok(Candidate { id, name, keys, entry })
}

fn item(name: &str, id: Option<&str>, action: ImportAction, result: ImportResult) -> ImportItem {
    ImportItem {
        kind: ImportKind::App,
        id: id.map(str::to_owned),
        name: name.to_owned(),
        screen_name: None,
        action,
        field: None,
        reason: None,
        result: Some(result),
    }
}
