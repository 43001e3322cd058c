-- Holds off a fence while dialogs are bound, so that nothing is bound under an old epoch once the fence is answered.
SELECT pg_advisory_xact_lock_shared(?);
WITH wanted AS MATERIALIZED (
    SELECT w.*, coalesce(f.epoch, 0) AS fence
    FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
        AS w (key, call_id, first_tag, second_tag, owner, incarnation, epoch, phase, life_us)
    LEFT JOIN :"schema".fence f ON f.owner = w.owner
), standing AS (
    INSERT INTO :"schema".dialog AS d
        (key, expires_at, epoch, phase, owner, incarnation, call_id, first_tag, second_tag)
    SELECT key, statement_timestamp() + life_us * interval '1 microsecond', epoch, phase, owner, incarnation,
        call_id, first_tag, second_tag
    FROM wanted
    WHERE epoch >= fence
    -- All who write lock in this order: no deadlocks.
    ORDER BY key
    -- Who loses writes what stands, so that it is told.
    ON CONFLICT (key) DO UPDATE SET (expires_at, epoch, phase, owner, incarnation) = (
        SELECT
            CASE WHEN over THEN excluded.expires_at WHEN won THEN greatest(d.expires_at, excluded.expires_at)
                ELSE d.expires_at END,
            CASE WHEN over OR won THEN excluded.epoch ELSE d.epoch END,
            CASE WHEN over THEN excluded.phase WHEN won THEN greatest(d.phase, excluded.phase) ELSE d.phase END,
            CASE WHEN over OR won THEN excluded.owner ELSE d.owner END,
            CASE WHEN over OR won THEN excluded.incarnation ELSE d.incarnation END
        FROM (SELECT
            d.expires_at <= statement_timestamp() AS over,
            d.phase < 2 AND (excluded.epoch > d.epoch
                OR (excluded.epoch = d.epoch AND excluded.owner = d.owner)) AS won) AS judged)
    RETURNING key, owner, incarnation, epoch, phase
)
SELECT w.key, w.fence, s.owner, s.incarnation, s.epoch, s.phase
FROM wanted w LEFT JOIN standing s ON s.key = w.key
