-- What a connection may be used for, as JSON (tasks and paths, as in the contract); null: everything.
ALTER TABLE connections ADD COLUMN allow TEXT;
