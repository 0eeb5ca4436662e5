-- The words of SQLite that the statements use and PostgreSQL does not have, so that one text of SQL
-- serves both; and what several Pinfolds on one database need beside.

CREATE FUNCTION ifnull(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT coalesce($1, $2)';
CREATE FUNCTION ifnull(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT coalesce($1, $2)';

-- The place of a part in a text; 0: it is not in it.
CREATE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT strpos($1, $2)';

-- The later of two.
CREATE FUNCTION max(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT greatest($1, $2)';

-- A list in one parameter, by its places.
CREATE FUNCTION json_each(list text) RETURNS TABLE (key bigint, value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT o.ordinality - 1, o.value
        FROM jsonb_array_elements_text(list::jsonb) WITH ORDINALITY AS o (value, ordinality)';

-- And the other way around.
CREATE FUNCTION json_text(text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT array_to_json($1)::text';
CREATE AGGREGATE json_group_array(text) (
    SFUNC = array_append, STYPE = text[], INITCOND = '{}', FINALFUNC = json_text
);
CREATE FUNCTION comma_text(bigint[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT nullif(array_to_string($1, '',''), '''')';
CREATE AGGREGATE group_concat(bigint) (
    SFUNC = array_append, STYPE = bigint[], INITCOND = '{}', FINALFUNC = comma_text
);

-- What a single Pinfold counts in memory: who may come again when, in microseconds. It need not
-- outlive a crash.
CREATE UNLOGGED TABLE turns (
    name TEXT COLLATE "C" PRIMARY KEY,
    due  BIGINT NOT NULL
);
