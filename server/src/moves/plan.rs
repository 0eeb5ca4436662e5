//! What each entry of a file means to what is here, and the steps that follow.

use std::collections::HashSet;

use pinfold_api::{ImportAction, ImportItem, ImportKind, ImportResult, OnClash};

use super::House;
use super::candidate::{Candidate, Unusable};
use super::columns::{edit, row};
use crate::connection::name_with_number;
use crate::problem::Refusal;
use crate::store::{ConnectionRow, Edit, ImportStep, lower};

/// How many numbers are tried for a name that is taken.
const NUMBERED: u32 = 1000;

/// An entry, what it means, and what is to be done about it.
pub struct Planned {
    /// As the report shows it; `result` is what will have become of it.
    pub item: ImportItem,
    /// `None`: nothing.
    pub step: Option<ImportStep>,
}

/// What is planned so far: entries of one file can clash with each other.
#[derive(Default)]
pub struct Plan {
    names: HashSet<String>,
    ids: HashSet<String>,
    tokens: HashSet<String>,
}

/// What stands in the way of an entry.
enum Obstacle {
    /// This connection has its name.
    Name(Option<Box<ConnectionRow>>),
    /// This connection has its token.
    Token(Option<Box<ConnectionRow>>),
    /// The connection with its id belongs to another account.
    Account(Box<ConnectionRow>),
}

impl Planned {
    /// An entry that nothing can be done with.
    pub fn unusable(name: String, screen_name: Option<String>, why: Unusable) -> Self {
        let mut item = item(name, screen_name, ImportAction::Unusable, ImportResult::Skipped);
        item.field = Some(why.field).filter(|field| !field.is_empty());
        item.reason = Some(why.reason);
        Self { item, step: None }
    }
}

fn item(
    name: String,
    screen_name: Option<String>,
    action: ImportAction,
    result: ImportResult,
) -> ImportItem {
    ImportItem {
        kind: ImportKind::Connection,
        id: None,
        name,
        screen_name,
        action,
        field: None,
        reason: None,
        result: Some(result),
    }
}

impl Plan {
    /// Decides about the next entry.
    pub async fn add(
        &mut self,
        house: &House<'_>,
        entry: Candidate,
        on_clash: OnClash,
    ) -> Result<Planned, Refusal> {
        let screen_name = entry.screen_name();
        if entry.id.as_ref().is_some_and(|id| !self.ids.insert(id.clone())) {
            let why = Unusable {
                field: "id".to_owned(),
                reason: "Another entry of the file has this id. Leave one of them out.".to_owned(),
            };
            return Ok(Planned::unusable(entry.name, screen_name, why));
        }
        let here = match &entry.id {
            Some(id) => house.store.connection(house.workspace, id).await?,
            // Files of other programs have no ids, but a token is one connection's.
            None => self.by_token(house, &entry).await?,
        };
        match here {
            // An account that was renamed at X has one token under both names.
            Some(row) if entry.id.is_none() && !self.ids.insert(row.id.clone()) => {
                self.clash(house, Obstacle::Token(None), entry, on_clash).await
            }
            Some(row) => self.compare(house, row, entry, on_clash).await,
            None => self.make(house, entry, on_clash).await,
        }
    }

    async fn by_token(
        &self,
        house: &House<'_>,
        entry: &Candidate,
    ) -> Result<Option<ConnectionRow>, Refusal> {
        let Some((token, _)) = &entry.token else { return Ok(None) };
        Ok(house.store.connection_with_token(house.workspace, &entry.provider, token).await?)
    }

    /// The entry is here already.
    async fn compare(
        &mut self,
        house: &House<'_>,
        row: ConnectionRow,
        entry: Candidate,
        on_clash: OnClash,
    ) -> Result<Planned, Refusal> {
        let user_id = |account: &Option<pinfold_api::Account>| {
            account.as_ref().map(|account| account.user_id.clone())
        };
        let (theirs, ours) = (user_id(&entry.account), user_id(&row.account));
        if entry.token.is_some() && ours.is_some() && theirs != ours {
            return self.clash(house, Obstacle::Account(Box::new(row)), entry, on_clash).await;
        }
        // A pair of another program's file says nothing about name and group.
        let labelled = entry.id.is_some();
        let renamed = labelled && row.name != entry.name;
        if renamed {
            let holder = house.store.connection_named(house.workspace, &entry.name).await?;
            let other = holder.filter(|holder| holder.id != row.id);
            if other.is_some() || self.names.contains(&lower(&entry.name)) {
                let mut planned = item(
                    entry.name.clone(),
                    entry.screen_name(),
                    ImportAction::Clash,
                    ImportResult::Skipped,
                );
                planned.id = Some(row.id.clone());
                planned.field = Some("name".to_owned());
                planned.reason = Some(NAME_CLASH.to_owned());
                if on_clash == OnClash::Skip {
                    return Ok(Planned { item: planned, step: None });
                }
                // Both are here with ids of their own, so neither can take the other's place.
                let name = self.free_name(house, &entry.name).await?;
                let entry = Candidate { name, ..entry };
                let edit = edit(house, &row, &entry, true).map(|(edit, _)| edit);
                planned.name.clone_from(&entry.name);
                planned.result = Some(ImportResult::Renamed);
                return Ok(self.step(planned, edit.map(|edit| change(&row, edit)), &entry));
            }
        }
        let name = if labelled { entry.name.clone() } else { row.name.clone() };
        let changed = edit(house, &row, &entry, labelled);
        let (action, result) = match &changed {
            Some(_) => (ImportAction::Update, ImportResult::Updated),
            None => (ImportAction::Unchanged, ImportResult::Skipped),
        };
        let mut planned = item(name, entry.screen_name(), action, result);
        planned.id = Some(row.id.clone());
        planned.field = changed.as_ref().map(|(_, field)| (*field).to_owned());
        let step = changed.map(|(edit, _)| change(&row, edit));
        Ok(self.step(planned, step, &entry))
    }

    /// The entry is not here.
    async fn make(
        &mut self,
        house: &House<'_>,
        entry: Candidate,
        on_clash: OnClash,
    ) -> Result<Planned, Refusal> {
        let obstacle = self.obstacle(house, &entry).await?;
        if let Some(obstacle) = obstacle {
            return self.clash(house, obstacle, entry, on_clash).await;
        }
        self.insert(house, entry, ImportAction::New, ImportResult::Created).await
    }

    async fn obstacle(
        &self,
        house: &House<'_>,
        entry: &Candidate,
    ) -> Result<Option<Obstacle>, Refusal> {
        if let Some(row) = self.by_token(house, entry).await? {
            return Ok(Some(Obstacle::Token(Some(Box::new(row)))));
        }
        if entry.token.as_ref().is_some_and(|(token, _)| self.tokens.contains(token)) {
            return Ok(Some(Obstacle::Token(None)));
        }
        if let Some(row) = house.store.connection_named(house.workspace, &entry.name).await? {
            return Ok(Some(Obstacle::Name(Some(Box::new(row)))));
        }
        let planned = self.names.contains(&lower(&entry.name));
        Ok(planned.then_some(Obstacle::Name(None)))
    }

    async fn clash(
        &mut self,
        house: &House<'_>,
        obstacle: Obstacle,
        entry: Candidate,
        on_clash: OnClash,
    ) -> Result<Planned, Refusal> {
        let (field, reason, row) = match obstacle {
            Obstacle::Name(row) => ("name", NAME_CLASH, row),
            Obstacle::Token(row) => ("access_token", TOKEN_CLASH, row),
            Obstacle::Account(row) => ("account", ACCOUNT_CLASH, Some(row)),
        };
        let mut planned = match (on_clash, row) {
            (OnClash::Replace, Some(row)) => self.replace(house, *row, entry).await?,
            (OnClash::Rename, _) => {
                let name = self.free_name(house, &entry.name).await?;
                // The id stays with whom it belongs to.
                let id = entry.id.clone().filter(|_| field != "account");
                let entry = Candidate { id, name, ..entry };
                self.insert(house, entry, ImportAction::Clash, ImportResult::Renamed).await?
            }
            // Of two entries of one file that clash, the first is taken.
            (OnClash::Skip, _) | (OnClash::Replace, None) => {
                let screen_name = entry.screen_name();
                let skipped = ImportResult::Skipped;
                Planned {
                    item: item(entry.name, screen_name, ImportAction::Clash, skipped),
                    step: None,
                }
            }
        };
        if planned.item.action != ImportAction::Unusable {
            planned.item.field = Some(field.to_owned());
            planned.item.reason = Some(reason.to_owned());
        }
        Ok(planned)
    }

    /// What is here becomes what the entry says, and keeps its id.
    async fn replace(
        &mut self,
        house: &House<'_>,
        row: ConnectionRow,
        entry: Candidate,
    ) -> Result<Planned, Refusal> {
        let mut entry = entry;
        let holder = house.store.connection_named(house.workspace, &entry.name).await?;
        let taken = holder.is_some_and(|holder| holder.id != row.id);
        if taken || self.names.contains(&lower(&entry.name)) {
            entry.name = self.free_name(house, &entry.name).await?;
        }
        let screen_name = entry.screen_name();
        let replaced = ImportResult::Replaced;
        let mut planned = item(entry.name.clone(), screen_name, ImportAction::Clash, replaced);
        planned.id = Some(row.id.clone());
        if !self.ids.insert(row.id.clone()) && entry.id.as_ref() != Some(&row.id) {
            planned.result = Some(ImportResult::Skipped);
            return Ok(Planned { item: planned, step: None });
        }
        let step = edit(house, &row, &entry, true).map(|(edit, _)| change(&row, edit));
        Ok(self.step(planned, step, &entry))
    }

    async fn insert(
        &mut self,
        house: &House<'_>,
        entry: Candidate,
        action: ImportAction,
        result: ImportResult,
    ) -> Result<Planned, Refusal> {
        let Some(consumer_key) = entry.app.consumer_key.clone() else {
            let why = Unusable {
                field: "access_secret".to_owned(),
                reason: "The file holds no secrets, and there is no connection with this id here. \
                         Export it again with a passphrase."
                    .to_owned(),
            };
            let screen_name = entry.screen_name();
            return Ok(Planned::unusable(entry.name, screen_name, why));
        };
        let id = match &entry.id {
            // Ids are unique among all workspaces.
            Some(id) if !house.store.connection_id_is_taken(house.workspace, id).await? => {
                id.clone()
            }
            _ => house.clock.new_id().to_string(),
        };
        let row = row(house, &entry, &id, consumer_key);
        let mut planned = item(entry.name.clone(), entry.screen_name(), action, result);
        planned.id = Some(id);
        Ok(self.step(planned, Some(ImportStep::Insert(Box::new(row))), &entry))
    }

    /// Remembers what the entries after this one may not take.
    fn step(&mut self, item: ImportItem, step: Option<ImportStep>, entry: &Candidate) -> Planned {
        self.names.insert(lower(&item.name));
        if let Some((token, _)) = &entry.token {
            self.tokens.insert(token.clone());
        }
        Planned { item, step }
    }

    async fn free_name(&self, house: &House<'_>, name: &str) -> Result<String, Refusal> {
        for number in 2..NUMBERED {
            let name = name_with_number(name, number);
            if !self.names.contains(&lower(&name))
                && !house.store.name_is_taken(house.workspace, &name).await?
            {
                return Ok(name);
            }
        }
        Err(Refusal::new(pinfold_api::Code::NameTaken).at("name"))
    }
}

const NAME_CLASH: &str = "Another connection has this name.";
const TOKEN_CLASH: &str = "Another connection has this very token.";
const ACCOUNT_CLASH: &str = "The connection with this id is another account's now.";

fn change(row: &ConnectionRow, edit: Edit) -> ImportStep {
    ImportStep::Edit { id: row.id.clone(), version: row.version, edit: Box::new(edit) }
}
