-- Webhooks: where a portal's back end wants to hear of connections, and the outbox of what it is told.
CREATE TABLE webhooks (
    id            TEXT PRIMARY KEY,
    workspace     TEXT NOT NULL REFERENCES workspaces (id),
    url           TEXT NOT NULL,
    -- What its messages are signed with.
    secret_sealed BLOB NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX webhooks_by_workspace ON webhooks (workspace, created_at);

-- A message to one webhook, written in the transaction of the change that it tells of.
CREATE TABLE deliveries (
    -- The `webhook-id` of each attempt.
    id            TEXT PRIMARY KEY,
    workspace     TEXT NOT NULL,
    webhook_id    TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event         TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    body          TEXT NOT NULL,
    -- `waiting`, `delivered` or `given_up`.
    state         TEXT NOT NULL,
    attempts      BIGINT NOT NULL,
    -- While somebody delivers it: until when nobody else does.
    next_at       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX deliveries_by_turn ON deliveries (state, next_at);
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, created_at);

-- Each attempt, and how it went.
CREATE TABLE delivery_attempts (
    delivery_id  TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number       BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL,
    -- The answer's HTTP status; null: there was none.
    status       BIGINT,
    -- Why there was none.
    error        TEXT,
    PRIMARY KEY (delivery_id, number)
);
