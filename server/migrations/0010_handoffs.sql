-- Hand-offs: the right to make one connection, or to repair one, given to somebody else. A portal's
-- session and a link are each one of these; what somebody does with one is bound to its id.
CREATE TABLE handoffs (
    id            TEXT PRIMARY KEY,
    workspace     TEXT NOT NULL REFERENCES workspaces (id),
    -- The page that may use its tokens; none: it is a link.
    origin        TEXT,
    subject       TEXT,
    note          TEXT,
    access        TEXT,
    app_id        TEXT,
    -- What it repairs.
    connection_id TEXT,
    link_hash     BLOB UNIQUE,
    opened_at     BIGINT,
    -- What it made or repaired, and when.
    made_id       TEXT,
    done_at       BIGINT,
    revoked_at    BIGINT,
    created_at    BIGINT NOT NULL,
    -- When the link, or the last of its tokens, ends.
    expires_at    BIGINT NOT NULL
);
CREATE INDEX handoffs_by_workspace ON handoffs (workspace, created_at);
CREATE INDEX handoffs_by_end ON handoffs (expires_at);
CREATE INDEX handoffs_by_subject ON handoffs (workspace, subject, origin) WHERE subject IS NOT NULL;

ALTER TABLE sessions ADD COLUMN handoff_id TEXT REFERENCES handoffs (id) ON DELETE CASCADE;
CREATE INDEX sessions_by_handoff ON sessions (handoff_id) WHERE handoff_id IS NOT NULL;
CREATE INDEX sessions_by_workspace ON sessions (workspace, created_at);
