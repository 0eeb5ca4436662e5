//! Brings the tables up to date, one transaction a step.

use sqlx::SqlitePool;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// `(version, description, statements)`, oldest first; a released one never changes.
const STEPS: &[(i64, &str, &str)] = &[
    (1, "start", include_str!("../../migrations/0001_start.sql")),
    (2, "listing", include_str!("../../migrations/0002_listing.sql")),
    (3, "versions", include_str!("../../migrations/0003_versions.sql")),
    (4, "apps", include_str!("../../migrations/0004_apps.sql")),
    (5, "audit", include_str!("../../migrations/0005_audit.sql")),
    (7, "task keys", include_str!("../../migrations/0007_task_keys.sql")),
    (10, "hand-offs", include_str!("../../migrations/0010_handoffs.sql")),
    (20, "workspaces", include_str!("../../migrations/0020_workspaces.sql")),
    (21, "webhooks", include_str!("../../migrations/0021_webhooks.sql")),
];

pub(super) async fn run(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let steps = STEPS
        .iter()
        .map(|(version, description, sql)| {
            Migration::new(
                *version,
                (*description).into(),
                MigrationType::Simple,
                sqlx::SqlStr::from_static(sql),
                false,
            )
        })
        .collect();
    let migrator = Migrator::with_migrations(steps);
    migrator.run(pool).await.map_err(|error| sqlx::Error::Migrate(Box::new(error)))
}
