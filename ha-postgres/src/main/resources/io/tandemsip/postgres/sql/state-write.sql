-- Whoever changes anything holds the revision, so that versions become visible in the order in which they were given. They
-- follow the clock: a new primary that misses the last ones gives none of them again.
UPDATE :"schema".revision
SET last = greatest(last + ?, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(?::text[], ?::bigint[], ?::text[], ?::bigint[])
        WITH ORDINALITY AS w (key, expected, value, life_us, number)
), judged AS MATERIALIZED (
    SELECT w.*, s.key IS NOT NULL AS stands, s.version AS standing_version, s.value AS standing_value,
        coalesce(s.version, 0) = w.expected AND (w.value IS NOT NULL OR s.key IS NOT NULL) AS won,
        (SELECT last FROM :"schema".revision) - (SELECT count(*) FROM wanted) + w.number AS version
    FROM wanted w
    LEFT JOIN :"schema".state s
        ON s.key = w.key AND (s.expires_at IS NULL OR s.expires_at > statement_timestamp())
), put AS (
    INSERT INTO :"schema".state AS s (key, version, expires_at, value)
    SELECT key, version, CASE WHEN life_us > 0 THEN statement_timestamp() + life_us * interval '1 microsecond' END, value
    FROM judged
    WHERE won AND value IS NOT NULL
    ON CONFLICT (key) DO UPDATE
        SET version = excluded.version, expires_at = excluded.expires_at, value = excluded.value
), removed AS (
    DELETE FROM :"schema".state s USING judged j WHERE j.won AND j.value IS NULL AND s.key = j.key
)
SELECT key, won, version, stands, standing_version, standing_value FROM judged
