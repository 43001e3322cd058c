SELECT pg_advisory_xact_lock(lock) FROM unnest(?::bigint[]) AS lock;
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(?::uuid[], ?::text[], ?::bigint[]) AS w (user_key, call_id, cseq)
), late AS MATERIALIZED (
    SELECT DISTINCT ON (c.user_key) c.*
    FROM wanted w JOIN :"schema".contact c ON c.user_key = w.user_key
    WHERE c.expires_at > now() AND c.call_id = w.call_id AND c.cseq >= w.cseq
    ORDER BY c.user_key, c.cseq DESC
), removed AS (
    DELETE FROM :"schema".contact c
    USING wanted w
    WHERE c.user_key = w.user_key AND c.user_key NOT IN (SELECT user_key FROM late)
)
SELECT *, (extract(epoch FROM expires_at - now()) * 1000000)::bigint AS left_us FROM late
