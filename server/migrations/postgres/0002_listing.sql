-- As ../0002_listing.sql, where everything is explained; triggers are written otherwise here, and an
-- index ends with `seq` only when told to.

ALTER TABLE connections
    DROP CONSTRAINT connections_pkey,
    DROP CONSTRAINT connections_workspace_name_key_key;
ALTER TABLE connections
    ADD COLUMN seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ADD UNIQUE (id);

DROP INDEX connections_by_creation;
CREATE UNIQUE INDEX connections_by_name ON connections (workspace, name_key);
CREATE INDEX connections_by_screen_name ON connections (workspace, lower(screen_name), seq);
CREATE INDEX connections_by_group ON connections (workspace, ifnull(group_key, ''), seq);
CREATE INDEX connections_by_app ON connections (workspace, (app_kind || ' ' || consumer_key), seq);
CREATE INDEX connections_by_access_level ON connections (workspace, ifnull(access_level, ''), seq);
CREATE INDEX connections_by_health ON connections (workspace, health, seq);
CREATE INDEX connections_by_last_use ON connections (workspace, ifnull(last_used_at, 0), seq);
CREATE INDEX connections_by_creation ON connections (workspace, created_at, seq);

CREATE TABLE connection_groups (
    workspace TEXT COLLATE "C" NOT NULL,
    group_key TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C",
    count     BIGINT NOT NULL,
    PRIMARY KEY (workspace, group_key)
);

CREATE TABLE postings (
    workspace TEXT COLLATE "C" NOT NULL,
    term      TEXT COLLATE "C" NOT NULL,
    block     BIGINT NOT NULL,
    bits      BYTEA NOT NULL,
    PRIMARY KEY (workspace, term, block)
);

CREATE TABLE unlisted (
    seq       BIGINT PRIMARY KEY,
    workspace TEXT COLLATE "C" NOT NULL
);
CREATE INDEX unlisted_by_workspace ON unlisted (workspace);

CREATE FUNCTION group_grows(connections) RETURNS void LANGUAGE sql AS $$
    INSERT INTO connection_groups AS g (workspace, group_key, name, count)
    VALUES ($1.workspace, ifnull($1.group_key, ''), $1.group_name, 1)
    ON CONFLICT (workspace, group_key) DO UPDATE SET count = g.count + 1, name = excluded.name;
$$;
CREATE FUNCTION group_shrinks(connections) RETURNS void LANGUAGE sql AS $$
    UPDATE connection_groups SET count = count - 1
    WHERE workspace = $1.workspace AND group_key = ifnull($1.group_key, '');
    DELETE FROM connection_groups
    WHERE workspace = $1.workspace AND group_key = ifnull($1.group_key, '') AND count = 0;
$$;

CREATE FUNCTION connections_come() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM group_grows(new);
    INSERT INTO unlisted (seq, workspace) VALUES (new.seq, new.workspace) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER connections_come AFTER INSERT ON connections
FOR EACH ROW EXECUTE FUNCTION connections_come();

CREATE FUNCTION connections_go() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM group_shrinks(old);
    DELETE FROM unlisted WHERE seq = old.seq;
    RETURN NULL;
END $$;
CREATE TRIGGER connections_go AFTER DELETE ON connections
FOR EACH ROW EXECUTE FUNCTION connections_go();

CREATE FUNCTION connections_change_group() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    -- In this order: a group that is only spelled otherwise does not go and come.
    PERFORM group_grows(new);
    PERFORM group_shrinks(old);
    RETURN NULL;
END $$;
CREATE TRIGGER connections_change_group AFTER UPDATE OF group_name, group_key ON connections
FOR EACH ROW WHEN (old.group_name IS DISTINCT FROM new.group_name
    OR old.group_key IS DISTINCT FROM new.group_key)
EXECUTE FUNCTION connections_change_group();

CREATE FUNCTION connections_change_terms() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO unlisted (seq, workspace) VALUES (new.seq, new.workspace) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER connections_change_terms
AFTER UPDATE OF name_key, group_key, screen_name, app_kind, consumer_key, access_level ON connections
FOR EACH ROW WHEN (old.name_key <> new.name_key OR old.group_key IS DISTINCT FROM new.group_key
    OR old.screen_name <> new.screen_name OR old.app_kind <> new.app_kind
    OR old.consumer_key <> new.consumer_key OR old.access_level IS DISTINCT FROM new.access_level)
EXECUTE FUNCTION connections_change_terms();
