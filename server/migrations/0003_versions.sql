-- Every change of a connection or app leaves a version, written in the same transaction. No secrets.
CREATE TABLE versions (
    workspace  TEXT NOT NULL REFERENCES workspaces (id),
    -- `connection` or `app`.
    kind       TEXT NOT NULL,
    -- Its id. It outlives the row, so that a deleted one can be brought back.
    record     TEXT NOT NULL,
    version    BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    -- Who: what the session may do, and which session; NULL when it is not known.
    role       TEXT NOT NULL,
    session_id TEXT,
    action     TEXT NOT NULL,
    -- What this version changed, and how all was after it, as JSON.
    changes    TEXT NOT NULL,
    snapshot   TEXT NOT NULL,
    PRIMARY KEY (workspace, kind, record, version)
) WITHOUT ROWID;
CREATE INDEX versions_of_deleted ON versions (workspace, kind, at, record) WHERE action = 'deleted';

-- One connection can let go of more than one token before X has answered, so a revocation has an id
-- of its own, and `record` names the connection or authorization that its envelopes are sealed to.
ALTER TABLE revocations ADD COLUMN record TEXT NOT NULL DEFAULT '';
UPDATE revocations SET record = id;
CREATE INDEX revocations_by_record ON revocations (workspace, record);

-- Other connections of the same account are pointed out.
CREATE INDEX connections_by_account ON connections (workspace, user_id);
