-- As ../0005_audit.sql, where everything is explained; triggers are written otherwise here.

CREATE TABLE audit (
    seq        BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    workspace  TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    session_id TEXT COLLATE "C",
    address    TEXT COLLATE "C",
    action     TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C",
    result     TEXT COLLATE "C" NOT NULL,
    code       TEXT COLLATE "C",
    detail     TEXT COLLATE "C",
    previous   BYTEA NOT NULL,
    hash       BYTEA NOT NULL
);
CREATE INDEX audit_by_workspace ON audit (workspace, seq);
CREATE INDEX audit_by_action ON audit (workspace, action, seq);
CREATE INDEX audit_by_subject ON audit (workspace, subject, seq) WHERE subject IS NOT NULL;

CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    seal BYTEA NOT NULL
);

CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'the audit log is only added to';
END $$;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to();
