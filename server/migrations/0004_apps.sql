-- The app vault. A saved app's secret lies here and nowhere else, so that one rotation counts for all
-- its connections.
CREATE TABLE apps (
    id                     TEXT PRIMARY KEY,
    workspace              TEXT NOT NULL REFERENCES workspaces (id),
    name                   TEXT NOT NULL,
    -- The name in lower case: unique, sorted by.
    name_key               TEXT NOT NULL,
    consumer_key           TEXT NOT NULL,
    consumer_secret_sealed BLOB NOT NULL,
    -- The most that an authorization with it asks for: `read` or `write`; null: what it has at X.
    access                 TEXT,
    version                BIGINT NOT NULL,
    created_at             BIGINT NOT NULL,
    updated_at             BIGINT NOT NULL,
    secret_set_at          BIGINT NOT NULL,
    UNIQUE (workspace, name_key)
);

-- Which saved app, where app_kind is `saved`. While a connection or an open authorization refers to an
-- app, it is not deleted. Revocations get a copy of the secret before their app goes.
ALTER TABLE connections ADD COLUMN app_id TEXT REFERENCES apps (id);
ALTER TABLE authorizations ADD COLUMN app_id TEXT REFERENCES apps (id) ON DELETE SET NULL;
ALTER TABLE revocations ADD COLUMN app_id TEXT;
CREATE INDEX connections_by_saved_app ON connections (app_id) WHERE app_id IS NOT NULL;
CREATE INDEX authorizations_by_saved_app ON authorizations (app_id) WHERE app_id IS NOT NULL;
CREATE INDEX revocations_by_saved_app ON revocations (app_id) WHERE app_id IS NOT NULL;
