WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(?::uuid[], ?::bigint[]) AS w (key, life_us)
), held AS (
    SELECT d.key, w.life_us
    FROM :"schema".dialog d JOIN wanted w ON w.key = d.key
    WHERE d.phase < 2 AND d.expires_at > statement_timestamp()
    ORDER BY d.key
    FOR UPDATE OF d
)
UPDATE :"schema".dialog d
SET expires_at = greatest(d.expires_at, statement_timestamp() + h.life_us * interval '1 microsecond')
FROM held h
WHERE d.key = h.key
RETURNING d.key, true
