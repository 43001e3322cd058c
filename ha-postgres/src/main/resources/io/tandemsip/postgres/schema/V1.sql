-- Tandem in PostgreSQL, version 1. The library runs this file; by hand:
--   psql -1 -v ON_ERROR_STOP=1 -v schema=tandem -f V1.sql
-- All times are the server's. Text that PostgreSQL can't hold (NUL, halves of surrogate pairs) is escaped with \uXXXX, and
-- the backslash is doubled.

CREATE TABLE :"schema".schema_version (
    version integer PRIMARY KEY,
    -- The lowest version that a library must know to work with this one.
    readable_from integer NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- Bindings and tombstones. No column that changes while a dialog lives is indexed, so that a refresh stays on its page.
CREATE TABLE :"schema".dialog (
    -- The first 16 bytes of SHA-256 of call_id, NUL, first_tag, NUL, second_tag.
    key uuid PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    epoch bigint NOT NULL,
    -- 0 early, 1 confirmed, 2 ended
    phase smallint NOT NULL,
    owner text COLLATE "C" NOT NULL,
    incarnation text COLLATE "C" NOT NULL,
    call_id text COLLATE "C" NOT NULL,
    -- In lexical order; an early binding has no second one.
    first_tag text COLLATE "C" NOT NULL,
    second_tag text COLLATE "C" NOT NULL
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE INDEX dialog_owner ON :"schema".dialog (owner, key);

-- The lowest epoch under which a node may bind.
CREATE TABLE :"schema".fence (
    owner text COLLATE "C" PRIMARY KEY,
    epoch bigint NOT NULL
);

-- What routers tell each other: small, read as a whole.
CREATE TABLE :"schema".state (
    key text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    expires_at timestamptz,
    value text COLLATE "C" NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- The version that was given last. Whoever changes state holds this row, so that versions are given in order.
CREATE TABLE :"schema".revision (
    last bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO :"schema".revision VALUES (0);

-- Registrations (RFC 3261 section 10), one row a contact.
CREATE TABLE :"schema".contact (
    -- The first 16 bytes of SHA-256 of the address of record, and of instance and reg-id or else the contact.
    user_key uuid NOT NULL,
    contact_key uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    cseq bigint NOT NULL,
    -- Thousandths.
    q smallint NOT NULL,
    reg_id integer NOT NULL,
    aor text COLLATE "C" NOT NULL,
    contact text COLLATE "C" NOT NULL,
    call_id text COLLATE "C" NOT NULL,
    -- Each Path header, topmost first, ends with a newline.
    path text COLLATE "C" NOT NULL,
    instance_id text COLLATE "C" NOT NULL,
    node text COLLATE "C" NOT NULL,
    flow text COLLATE "C" NOT NULL,
    PRIMARY KEY (user_key, contact_key)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- Where the walk over a table that removes what expired goes on.
CREATE TABLE :"schema".sweep (
    swept text PRIMARY KEY,
    next_page bigint NOT NULL DEFAULT 0,
    swept_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 10);
INSERT INTO :"schema".sweep (swept) VALUES ('dialog'), ('contact');

-- Nodes for those who keep them in a table; one node in several pools has them all in one row.
CREATE TABLE :"schema".node (
    id text PRIMARY KEY,
    uri text NOT NULL,
    pools text[] NOT NULL DEFAULT '{default}',
    zone text NOT NULL DEFAULT '',
    priority integer NOT NULL DEFAULT 0,
    weight double precision NOT NULL DEFAULT 1,
    -- Calls at once; none for no limit.
    max_calls integer
);

INSERT INTO :"schema".schema_version (version, readable_from) VALUES (1, 1);
