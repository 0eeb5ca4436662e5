-- Times are milliseconds since the Unix epoch, UTC. `…_sealed` columns hold envelopes (src/seal).

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

CREATE TABLE workspaces (
    id         TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- A browser's session. The token itself is only in the cookie.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    workspace  TEXT NOT NULL REFERENCES workspaces (id),
    role       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- One-time sign-in links.
CREATE TABLE links (
    token_hash BLOB PRIMARY KEY,
    workspace  TEXT NOT NULL REFERENCES workspaces (id),
    role       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE TABLE authorizations (
    id                     TEXT PRIMARY KEY,
    workspace              TEXT NOT NULL REFERENCES workspaces (id),
    -- The session that began it, and the only one that may go on with it.
    session_id             TEXT NOT NULL,
    -- The base URL it was begun at: an answer of another provider is never taken for it.
    provider               TEXT NOT NULL,
    state                  TEXT NOT NULL,
    app_kind               TEXT NOT NULL,
    consumer_key           TEXT NOT NULL,
    consumer_secret_sealed BLOB,
    -- What was asked of X, as JSON, so that a fresh request token asks for the same.
    ask                    TEXT NOT NULL,
    request_token          TEXT NOT NULL,
    request_secret_sealed  BLOB,
    -- While a PIN is on its way to X: until when nobody else may send one.
    leased_until           BIGINT NOT NULL DEFAULT 0,
    -- An answer of X to a PIN was lost, so X may have granted a token that nobody here knows.
    may_be_granted         BOOLEAN NOT NULL DEFAULT FALSE,
    user_id                TEXT,
    screen_name            TEXT,
    access_token           TEXT,
    access_secret_sealed   BLOB,
    access_level           TEXT,
    -- The connection it repairs, or became.
    connection_id          TEXT,
    created_at             BIGINT NOT NULL,
    expires_at             BIGINT NOT NULL
);
CREATE INDEX authorizations_by_session ON authorizations (workspace, session_id, state);
CREATE INDEX authorizations_by_expiry ON authorizations (state, expires_at);
CREATE INDEX authorizations_by_access_token ON authorizations (access_token) WHERE access_token IS NOT NULL;

-- Tokens that are to be revoked at X: written with the change that lets go of them, removed when
-- X has answered. The id is that of the record they came from, so the envelopes still open.
CREATE TABLE revocations (
    id                     TEXT PRIMARY KEY,
    workspace              TEXT NOT NULL REFERENCES workspaces (id),
    provider               TEXT NOT NULL,
    app_kind               TEXT NOT NULL,
    consumer_key           TEXT NOT NULL,
    consumer_secret_sealed BLOB,
    access_token           TEXT NOT NULL,
    access_secret_sealed   BLOB NOT NULL,
    created_at             BIGINT NOT NULL
);

CREATE TABLE connections (
    id                     TEXT PRIMARY KEY,
    workspace              TEXT NOT NULL REFERENCES workspaces (id),
    provider               TEXT NOT NULL,
    name                   TEXT NOT NULL,
    -- The name in lower case: unique, searched, sorted by.
    name_key               TEXT NOT NULL,
    group_name             TEXT,
    -- The group in lower case: searched.
    group_key              TEXT,
    user_id                TEXT NOT NULL,
    screen_name            TEXT NOT NULL,
    app_kind               TEXT NOT NULL,
    consumer_key           TEXT NOT NULL,
    consumer_secret_sealed BLOB,
    access_token           TEXT NOT NULL,
    access_secret_sealed   BLOB NOT NULL,
    access_level           TEXT,
    health                 TEXT NOT NULL,
    health_since           BIGINT NOT NULL,
    last_success_at        BIGINT,
    last_error             TEXT,
    version                BIGINT NOT NULL,
    created_at             BIGINT NOT NULL,
    updated_at             BIGINT NOT NULL,
    last_used_at           BIGINT,
    UNIQUE (workspace, name_key)
);
CREATE INDEX connections_by_access_token ON connections (access_token);
CREATE INDEX connections_by_creation ON connections (workspace, created_at, id);
