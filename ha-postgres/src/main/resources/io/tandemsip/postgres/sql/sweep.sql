-- Removes what expired from some pages, and goes on there the next time: once round in at most 5 minutes, however long the
-- table is, and no index on what changes. Of all routers one does it at a time.
WITH turn AS MATERIALIZED (
    SELECT s.next_page AS first_page,
        s.next_page + greatest(64, p.pages / 300) AS past_page,
        p.pages
    FROM :"schema".sweep s,
        (SELECT pg_relation_size(':"schema".:"table"'::regclass) / current_setting('block_size')::bigint AS pages) AS p
    WHERE s.swept = ? AND s.swept_at <= statement_timestamp() - interval '900 milliseconds'
    FOR UPDATE OF s SKIP LOCKED
), due AS MATERIALIZED (
    SELECT ctid
    FROM :"schema".:"table"
    WHERE ctid >= (SELECT format('(%s,0)', first_page)::tid FROM turn)
        AND ctid < (SELECT format('(%s,0)', past_page)::tid FROM turn)
        AND expires_at <= statement_timestamp()
    FOR UPDATE SKIP LOCKED
), removed AS (
    DELETE FROM :"schema".:"table"
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM due)) AND expires_at <= statement_timestamp()
    RETURNING 1
), turned AS (
    UPDATE :"schema".sweep s
    SET swept_at = statement_timestamp(), next_page = CASE WHEN t.past_page < t.pages THEN t.past_page ELSE 0 END
    FROM turn t
    WHERE s.swept = ?
)
SELECT count(*) FROM removed
