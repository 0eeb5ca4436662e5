//! Brings the tables up to date, one transaction a step.

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use super::db::Pool;

/// A step; a released one never changes.
struct Step {
    version: i64,
    description: &'static str,
    sqlite: &'static str,
    /// Where it must say something else, or something more, than [`spoken`] makes of it.
    postgres: Postgres,
}

enum Postgres {
    Same,
    /// This before it.
    After(&'static str),
    /// This in its place.
    Instead(&'static str),
}

use Postgres::{After, Instead, Same};

macro_rules! step {
    ($version:literal, $description:literal, $file:literal, $postgres:expr) => {
        Step {
            version: $version,
            description: $description,
            sqlite: include_str!(concat!("../../migrations/", $file)),
            postgres: $postgres,
        }
    };
}

macro_rules! twin {
    ($file:literal) => {
        include_str!(concat!("../../migrations/postgres/", $file))
    };
}

/// Oldest first.
const STEPS: &[Step] = &[
    step!(1, "start", "0001_start.sql", After(twin!("words.sql"))),
    step!(2, "listing", "0002_listing.sql", Instead(twin!("0002_listing.sql"))),
    step!(3, "versions", "0003_versions.sql", Same),
    step!(4, "apps", "0004_apps.sql", Same),
    step!(5, "audit", "0005_audit.sql", Instead(twin!("0005_audit.sql"))),
    step!(7, "task keys", "0007_task_keys.sql", Same),
    step!(10, "hand-offs", "0010_handoffs.sql", Same),
    step!(20, "workspaces", "0020_workspaces.sql", Same),
    step!(21, "webhooks", "0021_webhooks.sql", Same),
    step!(22, "allow", "0022_allow.sql", Same),
];

pub(super) async fn run(pool: &Pool) -> Result<(), sqlx::Error> {
    let done = match pool {
        Pool::Sqlite(pool, _) => {
            let steps = STEPS.iter().map(|step| migration(step, SqlStr::from_static(step.sqlite)));
            Migrator::with_migrations(steps.collect()).run(pool).await
        }
        Pool::Postgres(pool, _) => {
            let steps = STEPS.iter().map(|step| {
                let sql = match step.postgres {
                    Same => spoken(step.sqlite),
                    After(words) => format!("{words}{}", spoken(step.sqlite)),
                    Instead(twin) => twin.to_owned(),
                };
                migration(step, AssertSqlSafe(sql).into_sql_str())
            });
            Migrator::with_migrations(steps.collect()).run(pool).await
        }
    };
    done.map_err(|error| sqlx::Error::Migrate(Box::new(error)))
}

fn migration(step: &Step, sql: SqlStr) -> Migration {
    Migration::new(step.version, step.description.into(), MigrationType::Simple, sql, false)
}

/// The same tables in PostgreSQL's words. Texts are ordered by their bytes there too.
fn spoken(sqlite: &str) -> String {
    sqlite
        .replace("TEXT", "TEXT COLLATE \"C\"")
        .replace("BLOB", "BYTEA")
        .replace(") WITHOUT ROWID", ")")
}
