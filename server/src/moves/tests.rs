//! Whatever is in a store, an export brings it to another one.

use pinfold_api::{
    AccessLevel, Account, Allow, AppKind, HealthState, OnClash, Role, VersionAction,
};
use proptest::prelude::*;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{House, Wanted, export, import, open};
use crate::clock::Clock;
use crate::seal::{KeyRing, Place};
use crate::store::{AppRow, Author, ConnectionRow, DEFAULT_WORKSPACE, Store};
use crate::x::X;

const PASSPHRASE: &str = "a passphrase of tests";
const REGISTERED: &str = "registered-key";

/// A store of its own.
struct Room {
    store: Store,
    seal: KeyRing,
    clock: Clock,
    x: X,
    _folder: tempfile::TempDir,
}

impl Room {
    async fn new() -> Self {
        let (folder, store) = Store::for_tests().await;
        let clock = Clock::fixed(1_763_000_000_000);
        let url = "https://x.test".parse().expect("a URL");
        Self {
            store,
            seal: KeyRing::parse(&KeyRing::generate()).expect("reads"),
            x: X::new(url, clock.clone()),
            clock,
            _folder: folder,
        }
    }

    fn house(&self) -> House<'_> {
        House {
            store: &self.store,
            seal: &self.seal,
            clock: &self.clock,
            x: &self.x,
            grants: None,
            registered_key: Some(REGISTERED),
            registered_app: None,
            workspace: DEFAULT_WORKSPACE,
            by: Author {
                role: Role::Operator,
                session_id: None,
                at: self.clock.now(),
                handoff: None,
                audit: None,
            },
        }
    }

    async fn export(&self, passphrase: Option<&str>) -> Zeroizing<String> {
        let passphrase = passphrase.map(SecretString::from);
        export(&self.house(), None, passphrase, 1000).await.expect("exports").text
    }

    /// What an export with secrets says inside.
    async fn inside(&self) -> serde_json::Value {
        let file = self.export(Some(PASSPHRASE)).await;
        let text = crate::seal::unlock(&file, SecretString::from(PASSPHRASE)).expect("opens");
        serde_json::from_slice(&text).expect("JSON")
    }

    async fn import(&self, file: &str) -> pinfold_api::ImportReport {
        let wanted = Wanted {
            content: Zeroizing::new(file.to_owned()),
            format: None,
            passphrase: Some(SecretString::from(PASSPHRASE)),
            dry_run: false,
            on_clash: OnClash::Skip,
            verify: false,
            cap: 1000,
        };
        import(&self.house(), open("w", wanted).await.expect("reads"))
            .await
            .expect("imports")
            .report
    }
}

/// What is drawn for one connection.
#[derive(Clone, Debug)]
struct Drawn {
    name: String,
    group: Option<String>,
    kind: AppKind,
    secret: String,
    token: bool,
    level: Option<AccessLevel>,
    health: HealthState,
    at: i64,
    used: Option<i64>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let kind = prop_oneof![Just(AppKind::Registered), Just(AppKind::Own), Just(AppKind::Saved)];
    let level = prop::option::of(prop_oneof![
        Just(AccessLevel::Read),
        Just(AccessLevel::ReadWriteDirectMessages)
    ]);
    let health = prop_oneof![Just(HealthState::Ok), Just(HealthState::NoCredits)];
    let at = 0..4_000_000_000_000_i64;
    (
        "[a-zA-ZäöüßÄ日本 '\"<>-]{0,30}",
        prop::option::of("[a-zA-Z日]{1,20}"),
        kind,
        "[!-~]{1,60}",
        any::<bool>(),
        level,
        health,
        at.clone(),
        prop::option::of(at),
    )
        .prop_map(|(name, group, kind, secret, token, level, health, at, used)| Drawn {
            name,
            group,
            kind,
            secret,
            token,
            level,
            health,
            at,
            used,
        })
}

/// Puts it into a room under a number that makes it unique.
async fn put(room: &Room, number: usize, drawn: &Drawn) {
    let id = room.clock.new_id().to_string();
    let by = room.house().by;
    let seal = |field, text: &str| {
        room.seal.seal(Place { workspace: DEFAULT_WORKSPACE, record: &id, field }, &text.into())
    };
    let app_id = (drawn.kind == AppKind::Saved).then(|| room.clock.new_id().to_string());
    let consumer_key = match drawn.kind {
        AppKind::Registered => REGISTERED.to_owned(),
        _ => format!("key-{number}"),
    };
    if let Some(app_id) = &app_id {
        let place = crate::apps::place(DEFAULT_WORKSPACE, app_id);
        let row = AppRow {
            id: app_id.clone(),
            workspace: DEFAULT_WORKSPACE.to_owned(),
            name: format!("app {number}"),
            consumer_key: consumer_key.clone(),
            consumer_secret_sealed: room.seal.seal(place, &drawn.secret.clone().into()),
            access: None,
            version: 1,
            created_at: drawn.at,
            updated_at: drawn.at,
            secret_set_at: drawn.at,
        };
        room.store.insert_app(&row, &by).await.expect("inserts");
    }
    let row = ConnectionRow {
        workspace: DEFAULT_WORKSPACE.to_owned(),
        provider: "https://x.test".to_owned(),
        name: format!("{} {number}", drawn.name).trim().to_owned(),
        group: drawn.group.clone(),
        account: drawn.token.then(|| Account {
            user_id: (number + 1).to_string(),
            screen_name: format!("name_{number}"),
        }),
        app_kind: drawn.kind,
        app_id,
        consumer_key,
        consumer_secret_sealed: (drawn.kind == AppKind::Own)
            .then(|| seal("consumer_secret", &drawn.secret)),
        access_token: drawn.token.then(|| format!("{}-token", number + 1)),
        access_secret_sealed: drawn.token.then(|| seal("access_secret", &drawn.secret)),
        access_level: drawn.level,
        allow: number.is_multiple_of(3).then(|| Allow {
            tasks: vec!["tweet".to_owned()],
            paths: vec!["GET /2/users/me".to_owned()],
        }),
        health: if drawn.token { drawn.health } else { HealthState::NeedsRepair },
        health_since: drawn.at,
        last_success_at: drawn.used,
        last_error: None,
        version: 1,
        created_at: drawn.at,
        updated_at: drawn.at,
        last_used_at: drawn.used,
        id: id.clone(),
    };
    room.store.insert_connection(&row, &by, VersionAction::Created).await.expect("inserts");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn out_wiped_and_in_again_is_the_same(all in prop::collection::vec(drawn(), 0..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let (here, there) = (Room::new().await, Room::new().await);
            for (number, drawn) in all.iter().enumerate() {
                put(&here, number, drawn).await;
            }
            let file = here.export(Some(PASSPHRASE)).await;
            let report = there.import(&file).await;
            let apps = all.iter().filter(|drawn| drawn.kind == AppKind::Saved).count();
            prop_assert_eq!(report.done as usize, all.len() + apps, "{:?}", report);
            prop_assert_eq!(here.inside().await, there.inside().await);
            let again = there.import(&file).await;
            prop_assert_eq!(again.done, 0, "{:?}", again);
            // Without secrets: nothing that is here changes, and no secret is in it.
            let open = here.export(None).await;
            for drawn in all.iter().filter(|drawn| drawn.secret.len() > 12) {
                prop_assert!(!open.contains(&drawn.secret));
            }
            prop_assert_eq!(there.import(&open).await.done, 0);
            Ok(())
        })?;
    }
}
