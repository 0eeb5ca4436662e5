//! `pinfold dev seed`: fills the store of a stopped server with believable connections.

use pinfold_api::{AccessLevel, Account, AppKind, HealthState};
use secrecy::SecretString;

use super::people::Dice;
use crate::StartError;
use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::database::{self, Beside};
use crate::keys;
use crate::seal::{KeyRing, Place};
use crate::store::{ConnectionRow, DEFAULT_WORKSPACE, ListQuery};

const MINUTE: Millis = 60_000;
/// Connections of a group, on average.
const GROUP_SIZE: usize = 500;
const MOST_GROUPS: usize = 2_000;
/// Own apps among them; each belongs to many connections.
const APPS: usize = 50;

/// Adds so many connections to the store of a server that does not run; answers how many. Their
/// tokens are made up: X knows none of them.
pub async fn seed(config: &Config, clock: &Clock, connections: usize) -> Result<usize, StartError> {
    let (store, _alone) = database::open(config, clock.now(), Beside::Nobody).await?;
    let seal = keys::master_keys(config, &store).await?;
    let before = store.groups(DEFAULT_WORKSPACE, None, 1).await?.total;
    let registered = config.registered_app.as_ref().map_or("registered-app", |app| &*app.id);
    let maker = Maker {
        seal: &seal,
        provider: config.x_api_url.as_str().trim_end_matches('/'),
        registered,
        now: clock.now(),
        groups: ((before + connections) / GROUP_SIZE).clamp(3, MOST_GROUPS),
        total: before + connections,
    };
    let rows = (before..before + connections).map(|number| maker.connection(number));
    let written = store.seed(rows).await?;
    // What was written can be read: better said here than by the first page.
    store.connections(DEFAULT_WORKSPACE, &ListQuery { limit: 1, ..ListQuery::default() }).await?;
    store.close().await;
    Ok(written)
}

struct Maker<'a> {
    seal: &'a KeyRing,
    provider: &'a str,
    registered: &'a str,
    now: Millis,
    groups: usize,
    total: usize,
}

impl Maker<'_> {
    fn connection(&self, number: usize) -> ConnectionRow {
        let mut dice = Dice(number as u64 + 1_000_000_007);
        let age = i64::try_from(self.total - number).unwrap_or_default() * MINUTE / 2;
        let created_at = (self.now - age).max(0);
        let id = Clock::fixed(created_at).new_id().to_string();
        let place = |field| Place { workspace: DEFAULT_WORKSPACE, record: &id, field };
        let user_id = (1_000_000_000 + dice.throw() % 1_000_000_000_000).to_string();
        let own = dice.one_in(4);
        let consumer_key = if own {
            format!("own{:02}{}", dice.below(APPS), "consumerkey000000000")
        } else {
            self.registered.to_owned()
        };
        let sealed = |dice: &mut Dice, field| {
            self.seal.seal(place(field), &SecretString::from(dice.text(45)))
        };
        let health = match dice.below(40) {
            0 => HealthState::NeedsRepair,
            1 => HealthState::ReadOnly,
            2 => HealthState::NoCredits,
            3 => HealthState::AppSuspended,
            4..8 => HealthState::Unknown,
            _ => HealthState::Ok,
        };
        let since = i64::try_from(dice.below(100_000)).unwrap_or_default() * MINUTE;
        let used_at = (!dice.one_in(3)).then(|| (self.now - since).max(created_at));
        ConnectionRow {
            workspace: DEFAULT_WORKSPACE.to_owned(),
            provider: self.provider.to_owned(),
            name: dice.name(number),
            group: dice.group(self.groups),
            app_kind: if own { AppKind::Own } else { AppKind::Registered },
            app_id: None,
            consumer_key,
            consumer_secret_sealed: own.then(|| sealed(&mut dice, "consumer_secret")),
            access_token: Some(format!("{user_id}-{}", dice.text(40))),
            access_secret_sealed: Some(sealed(&mut dice, "access_secret")),
            account: Some(Account { user_id, screen_name: dice.screen_name(number) }),
            access_level: match dice.below(10) {
                0 => None,
                1 => Some(AccessLevel::Read),
                2 => Some(AccessLevel::ReadWriteDirectMessages),
                _ => Some(AccessLevel::ReadWrite),
            },
            allow: None,
            health,
            health_since: used_at.unwrap_or(created_at),
            last_success_at: used_at.filter(|_| health == HealthState::Ok),
            last_error: None,
            version: 1,
            created_at,
            updated_at: created_at,
            last_used_at: used_at,
            id: id.clone(),
        }
    }
}
