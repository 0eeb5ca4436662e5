-- Task keys: bearer keys for named connections and named tasks or paths. Only a hash is kept.
CREATE TABLE task_keys (
    id             TEXT PRIMARY KEY,
    key_hash       BLOB NOT NULL UNIQUE,
    workspace      TEXT NOT NULL REFERENCES workspaces (id),
    name           TEXT NOT NULL,
    -- JSON lists of words, as in the contract.
    tasks          TEXT NOT NULL,
    paths          TEXT NOT NULL,
    expires_at     BIGINT,
    per_minute     BIGINT,
    -- Millionths of a dollar.
    per_day_micros BIGINT,
    -- What the calls of one UTC day cost: written in batches, so at most a second old.
    spent_day      BIGINT NOT NULL DEFAULT 0,
    spent_micros   BIGINT NOT NULL DEFAULT 0,
    created_at     BIGINT NOT NULL
);
CREATE INDEX task_keys_by_creation ON task_keys (workspace, created_at);

-- What a key may use, and how much it did. A connection that is deleted stays named: it may come
-- back with the same id.
CREATE TABLE usages (
    workspace     TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    key_id        TEXT NOT NULL REFERENCES task_keys (id) ON DELETE CASCADE,
    calls         BIGINT NOT NULL DEFAULT 0,
    last_used_at  BIGINT,
    PRIMARY KEY (key_id, connection_id)
);
CREATE INDEX usages_by_connection ON usages (workspace, connection_id);
