-- Workspaces of several tenants: a name, an access key of their own (only its hash is kept), limits.
ALTER TABLE workspaces ADD COLUMN name TEXT;
ALTER TABLE workspaces ADD COLUMN access_key_hash BLOB;
ALTER TABLE workspaces ADD COLUMN access_key_at BIGINT;
-- Null: no limit.
ALTER TABLE workspaces ADD COLUMN most_connections BIGINT;
ALTER TABLE workspaces ADD COLUMN authorizations_per_hour BIGINT;
CREATE UNIQUE INDEX workspaces_by_access_key ON workspaces (access_key_hash);

-- The registered app of a workspace. That of the default one is configured and does not lie here.
CREATE TABLE registered_apps (
    id                     TEXT PRIMARY KEY,
    workspace              TEXT NOT NULL UNIQUE REFERENCES workspaces (id),
    name                   TEXT NOT NULL,
    consumer_key           TEXT NOT NULL,
    consumer_secret_sealed BLOB NOT NULL,
    updated_at             BIGINT NOT NULL
);

-- How many were begun in the last hour.
CREATE INDEX authorizations_by_creation ON authorizations (workspace, created_at);
