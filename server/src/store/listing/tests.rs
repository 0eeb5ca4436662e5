//! The list against a plain model of it, with so little effort a page that every way of finding is
//! taken with few rows; and each order read off its index.

use std::collections::{BTreeMap, BTreeSet};

use pinfold_api::{AccessLevel, Account, AppKind, HealthState};
use proptest::prelude::*;

use super::sort::{Column, Key, Place, Sort};
use super::spans::terms_between;
use super::walk::{self, Effort};
use super::{ListQuery, lower};
use crate::store::connections::write;
use crate::store::db::{AssertSqlSafe, query};
use crate::store::{ConnectionRow, DEFAULT_WORKSPACE, Store};

const LITTLE: Effort =
    Effort { few: 2, few_of_a_span: 2, first_steps: 2, most_steps: 4, budget: 60 };

/// What makes two rows differ here.
#[derive(Clone, Debug)]
struct Seed {
    name: String,
    screen_name: String,
    group: Option<String>,
    app: u8,
    level: Option<AccessLevel>,
    health: HealthState,
    used: Option<i64>,
    created: i64,
}

/// What somebody else does between two pages.
#[derive(Clone, Debug)]
enum Deed {
    Add(Seed),
    Delete(prop::sample::Index),
    Rename(prop::sample::Index, String),
    Regroup(prop::sample::Index, Option<String>),
    Use(prop::sample::Index, HealthState, i64),
    List(u32),
}

fn seed() -> impl Strategy<Value = Seed> {
    let level = prop::sample::select(vec![
        None,
        Some(AccessLevel::Read),
        Some(AccessLevel::ReadWriteDirectMessages),
    ]);
    let health =
        prop::sample::select(vec![HealthState::Ok, HealthState::NeedsRepair, HealthState::Unknown]);
    let created = prop_oneof![0_i64..3, 1_760_000_000_000_i64..1_760_000_200_000];
    let group = prop::option::of("[aA][bB]?");
    (
        "[aAbΣσ ]{0,4}",
        "[abAB]{0,3}",
        group,
        0_u8..3,
        level,
        health,
        prop::option::of(1_i64..4),
        created,
    )
        .prop_map(|(name, screen_name, group, app, level, health, used, created)| Seed {
            name,
            screen_name,
            group,
            app,
            level,
            health,
            used,
            created,
        })
}

fn deed() -> impl Strategy<Value = Deed> {
    let at = any::<prop::sample::Index>();
    prop_oneof![
        2 => seed().prop_map(Deed::Add),
        1 => at.clone().prop_map(Deed::Delete),
        1 => (at.clone(), "[ab]{1,3}").prop_map(|(at, name)| Deed::Rename(at, name)),
        1 => (at.clone(), prop::option::of("[aA][bB]?")).prop_map(|(at, group)| Deed::Regroup(at, group)),
        1 => (at, 1_i64..4).prop_map(|(at, used)| Deed::Use(at, HealthState::ReadOnly, used)),
        2 => (1_u32..9).prop_map(Deed::List),
    ]
}

/// A store, and how many names it gave.
struct Scene {
    store: Store,
    names: usize,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new(seeds: &[Seed]) -> Self {
        let (folder, store) = Store::for_tests().await;
        let mut scene = Self { store, names: 0, _folder: folder };
        scene.add(seeds).await;
        scene
    }

    async fn add(&mut self, seeds: &[Seed]) {
        let mut change = self.store.pool.change().await.expect("a transaction");
        for seed in seeds {
            self.names += 1;
            let number = self.names;
            let row = ConnectionRow {
                id: format!("00000000-0000-7000-8000-{number:012}"),
                workspace: DEFAULT_WORKSPACE.to_owned(),
                provider: String::new(),
                name: format!("{}{number}", seed.name),
                group: seed.group.clone(),
                account: Some(Account {
                    user_id: "1".to_owned(),
                    screen_name: seed.screen_name.clone(),
                }),
                app_kind: AppKind::Registered,
                app_id: None,
                consumer_key: format!("key{}", seed.app),
                consumer_secret_sealed: None,
                access_token: None,
                access_secret_sealed: None,
                access_level: seed.level,
                allow: None,
                health: seed.health,
                health_since: 0,
                last_success_at: None,
                last_error: None,
                version: 1,
                created_at: seed.created,
                updated_at: 0,
                last_used_at: seed.used,
            };
            write(&mut change, &row).await.expect("it is written");
        }
        change.commit().await.expect("committed");
    }

    async fn sql(&self, sql: &str, text: Option<&str>, seq: i64) {
        let query = query(AssertSqlSafe(sql.to_owned())).bind(text).bind(seq);
        query.execute(&self.store.pool).await.expect("it is written");
    }

    /// Does it; answers the row it touched.
    async fn act(&mut self, deed: Deed) -> Option<i64> {
        let all: Vec<i64> = self
            .model(Sort::default(), "", None)
            .await
            .into_iter()
            .map(|place| place.seq)
            .collect();
        let pick = |at: prop::sample::Index| (!all.is_empty()).then(|| *at.get(&all));
        match deed {
            Deed::Add(seed) => self.add(&[seed]).await,
            Deed::List(limit) => drop(self.store.list_some(limit).await.expect("listed")),
            Deed::Delete(at) => {
                let seq = pick(at)?;
                self.sql("DELETE FROM connections WHERE $1 IS NULL AND seq = $2", None, seq).await;
                return Some(seq);
            }
            Deed::Rename(at, name) => {
                let seq = pick(at)?;
                self.names += 1;
                let name = format!("{name}{}", self.names);
                let sql = "UPDATE connections SET name = $1, name_key = $1 WHERE seq = $2";
                self.sql(sql, Some(&name), seq).await;
                return Some(seq);
            }
            Deed::Regroup(at, group) => {
                let seq = pick(at)?;
                let key = group.as_deref().map(lower);
                let sql = "UPDATE connections SET group_name = $1, group_key = $1 WHERE seq = $2";
                self.sql(sql, key.as_deref(), seq).await;
                return Some(seq);
            }
            Deed::Use(at, health, used) => {
                let seq = pick(at)?;
                let health = crate::store::as_word(&health);
                let sql = format!(
                    "UPDATE connections SET health = $1, last_used_at = {used} WHERE seq = $2"
                );
                self.sql(&sql, Some(&health), seq).await;
                return Some(seq);
            }
        }
        None
    }

    /// What a list without pages, indexes and postings would be.
    async fn model(&self, sort: Sort, search: &str, group: Option<&str>) -> Vec<Place> {
        let sql = format!("SELECT c.*, {} AS place FROM connections c", sort.column.key());
        let rows = query(AssertSqlSafe(sql)).fetch_all(&self.store.pool).await.expect("rows");
        let (search, group) = (lower(search), group.map(lower));
        let mut places = Vec::new();
        for row in rows {
            let text = |column| {
                row.try_get::<Option<String>, _>(column).expect("text").unwrap_or_default()
            };
            let texts =
                [lower(&text("name")), lower(&text("screen_name")), lower(&text("group_name"))];
            let matches = texts.iter().any(|text| text.contains(&search))
                && group.as_ref().is_none_or(|group| texts[2] == *group);
            let key = if sort.column.is_number() {
                Key::Number(row.try_get("place").expect("a number"))
            } else {
                Key::Text(row.try_get("place").expect("a text"))
            };
            if matches {
                places.push(Place { key, seq: row.try_get("seq").expect("a number") });
            }
        }
        places.sort();
        if sort.descends {
            places.reverse();
        }
        places
    }

    fn seq(row: &ConnectionRow) -> i64 {
        row.id[24..].parse().expect("ids count as numbers do")
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Reads all pages, while somebody else acts; answers what was listed, and what was touched.
async fn read_all(
    scene: &mut Scene,
    mut query: ListQuery,
    mut deeds: Vec<Deed>,
) -> (Vec<i64>, BTreeSet<i64>) {
    let (mut listed, mut touched) = (Vec::new(), BTreeSet::new());
    for _ in 0..2_000 {
        let page = scene.store.page(DEFAULT_WORKSPACE, &query, LITTLE).await.expect("a page");
        assert!(page.rows.len() <= query.limit as usize);
        for row in &page.rows {
            listed.push(Scene::seq(row));
        }
        query.after = page.next;
        if query.after.is_none() {
            return (listed, touched);
        }
        if let Some(deed) = deeds.pop() {
            touched.extend(scene.act(deed).await);
        }
    }
    panic!("the pages do not end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn paging_lists_every_untouched_row_once_in_its_order(
        seeds in prop::collection::vec(seed(), 0..40),
        column in prop::sample::select(Column::ALL.to_vec()),
        descends in any::<bool>(),
        search in "[abAΣς]{0,3}|[ab0-9]{1,5}",
        group in prop::option::of("|a|[aA][bB]"),
        limit in 1_u32..6,
        listed_first in 0_u32..60,
        deeds in prop::collection::vec(deed(), 0..12),
    ) {
        runtime().block_on(async {
            let mut scene = Scene::new(&seeds).await;
            if listed_first > 0 {
                let _ = scene.store.list_some(listed_first).await.expect("listed");
            }
            let sort = Sort { column, descends };
            let before = scene.model(sort, &search, group.as_deref()).await;
            let query = ListQuery {
                search: Some(search.clone()).filter(|text| !text.is_empty()),
                group: group.clone(), sort, limit, after: None,
            };
            let undisturbed = deeds.is_empty();
            let (listed, touched) = read_all(&mut scene, query, deeds).await;
            let wanted: Vec<i64> = before.iter().map(|place| place.seq).filter(|seq| !touched.contains(seq)).collect();
            let there_before: BTreeSet<i64> = (1..=i64::try_from(seeds.len()).expect("few")).collect();
            let untouched: Vec<i64> = listed.iter().copied()
                .filter(|seq| !touched.contains(seq) && there_before.contains(seq)).collect();
            prop_assert_eq!(&untouched, &wanted);
            if undisturbed {
                prop_assert_eq!(&listed, &wanted);
            }
            Ok(())
        })?;
    }

    #[test]
    fn groups_are_counted_as_they_are(
        seeds in prop::collection::vec(seed(), 0..30),
        deeds in prop::collection::vec(deed(), 0..20),
        search in "|[ab]{1,3}",
    ) {
        runtime().block_on(async {
            let mut scene = Scene::new(&seeds).await;
            for deed in deeds {
                let _ = scene.act(deed).await;
            }
            let mut counts = BTreeMap::<String, usize>::new();
            let places = scene.model(Sort { column: Column::Group, descends: false }, &search, None).await;
            for place in &places {
                let Key::Text(group) = &place.key else { unreachable!("groups are texts") };
                *counts.entry(group.clone()).or_default() += 1;
            }
            let groups = scene.store.groups(DEFAULT_WORKSPACE, Some(&search), 1000).await.expect("groups");
            prop_assert_eq!(groups.total, places.len());
            let counted: BTreeMap<_, _> = groups.counts.iter().map(|(key, (_, count))| (key.clone(), *count)).collect();
            prop_assert_eq!(counted, counts);
            for (key, (name, _)) in &groups.counts {
                prop_assert_eq!(&name.as_deref().map(lower).unwrap_or_default(), key);
            }
            Ok(())
        })?;
    }
}

#[test]
fn every_order_is_read_off_its_index() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("test.db"), 0).await.expect("a store");
        let snapshot = store.pool.snapshot().await.expect("a snapshot");
        for column in Column::ALL {
            for (descends, after) in [(false, false), (true, false), (false, true), (true, true)] {
                let steps = walk::steps(&snapshot, "c.seq", Sort { column, descends }, after);
                let plan = plan(&store, &steps).await;
                assert!(
                    !plan.iter().any(|line| line.contains("TEMP B-TREE")),
                    "{steps}\n{plan:#?}"
                );
                assert!(
                    plan.iter().any(|line| line.contains("rowid")) || !after,
                    "{steps}\n{plan:#?}"
                );
            }
        }
    });
}

/// Down the index, too: without its upper bound a walk would pass all terms of the workspace first.
#[test]
fn terms_are_read_between_both_bounds() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("test.db"), 0).await.expect("a store");
        for descends in [false, true] {
            let plan = plan(&store, &terms_between(Sort { column: Column::Name, descends })).await;
            let both = "(workspace=? AND term>? AND term<?)";
            assert!(plan.len() == 1 && plan[0].contains(both), "{plan:#?}");
        }
    });
}

/// What SQLite does for a statement, a line a step.
async fn plan(store: &Store, sql: &str) -> Vec<String> {
    let query = query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
    let plan = query.fetch_all(&store.pool).await.expect("a plan");
    plan.iter().map(|row| row.try_get("detail").expect("text")).collect()
}
