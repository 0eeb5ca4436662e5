-- The audit log: only ever added to. Each entry is chained to the one before by a keyed hash
-- (src/seal/chain.rs), and the head keeps how far the chain goes, so that a missing tail shows.

CREATE TABLE audit (
    seq        BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    -- No reference: an entry outlives everything.
    workspace  TEXT NOT NULL,
    role       TEXT NOT NULL,
    session_id TEXT,
    address    TEXT,
    action     TEXT NOT NULL,
    subject    TEXT,
    result     TEXT NOT NULL,
    code       TEXT,
    detail     TEXT,
    previous   BLOB NOT NULL,
    hash       BLOB NOT NULL
);
CREATE INDEX audit_by_workspace ON audit (workspace, seq);
CREATE INDEX audit_by_action ON audit (workspace, action, seq);
CREATE INDEX audit_by_subject ON audit (workspace, subject, seq) WHERE subject IS NOT NULL;

-- One row: the last entry's number and hash, and a keyed hash over both.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash BLOB NOT NULL,
    seal BLOB NOT NULL
);

-- Against mistakes of this program; who opens the file can drop these, and `pinfold audit verify`
-- is against them.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;
