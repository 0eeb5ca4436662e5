-- The manager: search, sort, groups with their counts.

-- `seq` is the row's small number: it breaks ties in every order (so it ends every index for
-- nothing), and postings name rows by it. Never given twice, and kept by VACUUM. Nothing refers to
-- the table yet, so it is made anew.
CREATE TABLE connections_new (
    seq                    INTEGER PRIMARY KEY AUTOINCREMENT,
    id                     TEXT NOT NULL UNIQUE,
    workspace              TEXT NOT NULL REFERENCES workspaces (id),
    provider               TEXT NOT NULL,
    name                   TEXT NOT NULL,
    -- The name in lower case: unique, searched, sorted by.
    name_key               TEXT NOT NULL,
    group_name             TEXT,
    -- The group in lower case: two spellings are one group. Searched, sorted by.
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
    last_used_at           BIGINT
);
INSERT INTO connections_new (id, workspace, provider, name, name_key, group_name, group_key, user_id,
    screen_name, app_kind, consumer_key, consumer_secret_sealed, access_token, access_secret_sealed,
    access_level, health, health_since, last_success_at, last_error, version, created_at, updated_at,
    last_used_at)
SELECT id, workspace, provider, name, name_key, group_name, group_key, user_id,
    screen_name, app_kind, consumer_key, consumer_secret_sealed, access_token, access_secret_sealed,
    access_level, health, health_since, last_success_at, last_error, version, created_at, updated_at,
    last_used_at
FROM connections ORDER BY id;
DROP TABLE connections;
ALTER TABLE connections_new RENAME TO connections;

CREATE INDEX connections_by_access_token ON connections (access_token);
-- One for each order (src/store/connections/sort.rs has the same expressions). What is null comes
-- first. Those by health and last use are the only ones that a signed call touches.
CREATE UNIQUE INDEX connections_by_name ON connections (workspace, name_key);
CREATE INDEX connections_by_screen_name ON connections (workspace, lower(screen_name));
CREATE INDEX connections_by_group ON connections (workspace, ifnull(group_key, ''));
CREATE INDEX connections_by_app ON connections (workspace, app_kind || ' ' || consumer_key);
CREATE INDEX connections_by_access_level ON connections (workspace, ifnull(access_level, ''));
CREATE INDEX connections_by_health ON connections (workspace, health);
CREATE INDEX connections_by_last_use ON connections (workspace, ifnull(last_used_at, 0));
CREATE INDEX connections_by_creation ON connections (workspace, created_at);

-- How many connections a group holds; '' is no group. Kept by the triggers below.
CREATE TABLE connection_groups (
    workspace TEXT NOT NULL,
    group_key TEXT NOT NULL,
    -- As it was last written.
    name      TEXT,
    count     BIGINT NOT NULL,
    PRIMARY KEY (workspace, group_key)
) WITHOUT ROWID;
INSERT INTO connection_groups (workspace, group_key, name, count)
SELECT workspace, ifnull(group_key, ''), max(group_name), count(*) FROM connections GROUP BY 1, 2;

-- For each term (src/store/search/terms.rs) the connections that had it when they were last listed,
-- in blocks of 65,536: a term's bits only ever say "perhaps", the row itself has the last word.
CREATE TABLE postings (
    workspace TEXT NOT NULL,
    term      TEXT NOT NULL,
    block     BIGINT NOT NULL,
    bits      BLOB NOT NULL,
    PRIMARY KEY (workspace, term, block)
) WITHOUT ROWID;

-- Connections whose terms changed and are not in the postings yet: a search looks at each of them.
CREATE TABLE unlisted (
    seq       INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL
);
CREATE INDEX unlisted_by_workspace ON unlisted (workspace);
INSERT INTO unlisted (seq, workspace) SELECT seq, workspace FROM connections;

CREATE TRIGGER connections_come AFTER INSERT ON connections BEGIN
    INSERT INTO connection_groups (workspace, group_key, name, count)
    VALUES (new.workspace, ifnull(new.group_key, ''), new.group_name, 1)
    ON CONFLICT DO UPDATE SET count = count + 1, name = excluded.name;
    INSERT INTO unlisted (seq, workspace) VALUES (new.seq, new.workspace) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER connections_go AFTER DELETE ON connections BEGIN
    UPDATE connection_groups SET count = count - 1
    WHERE workspace = old.workspace AND group_key = ifnull(old.group_key, '');
    DELETE FROM connection_groups
    WHERE workspace = old.workspace AND group_key = ifnull(old.group_key, '') AND count = 0;
    DELETE FROM unlisted WHERE seq = old.seq;
END;

CREATE TRIGGER connections_change_group AFTER UPDATE OF group_name, group_key ON connections
WHEN old.group_name IS NOT new.group_name OR old.group_key IS NOT new.group_key BEGIN
    UPDATE connection_groups SET count = count - 1
    WHERE workspace = old.workspace AND group_key = ifnull(old.group_key, '');
    INSERT INTO connection_groups (workspace, group_key, name, count)
    VALUES (new.workspace, ifnull(new.group_key, ''), new.group_name, 1)
    ON CONFLICT DO UPDATE SET count = count + 1, name = excluded.name;
    DELETE FROM connection_groups
    WHERE workspace = old.workspace AND group_key = ifnull(old.group_key, '') AND count = 0;
END;

CREATE TRIGGER connections_change_terms
AFTER UPDATE OF name_key, group_key, screen_name, app_kind, consumer_key, access_level ON connections
WHEN old.name_key <> new.name_key OR old.group_key IS NOT new.group_key
    OR old.screen_name <> new.screen_name OR old.app_kind <> new.app_kind
    OR old.consumer_key <> new.consumer_key OR old.access_level IS NOT new.access_level
BEGIN
    INSERT INTO unlisted (seq, workspace) VALUES (new.seq, new.workspace) ON CONFLICT DO NOTHING;
END;
