-- One REGISTER of a user at a time. The transaction's time is used throughout, so that what is answered is what was asked.
SELECT pg_advisory_xact_lock(lock) FROM unnest(?::bigint[]) AS lock;
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[],
            ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[])
        AS w (user_key, contact_key, aor, contact, call_id, cseq, life_us, q, path, instance_id, reg_id, node, flow)
), late AS MATERIALIZED (
    SELECT w.user_key, w.contact_key
    FROM wanted w JOIN :"schema".contact c ON c.user_key = w.user_key AND c.contact_key = w.contact_key
    WHERE c.expires_at > now() AND c.call_id = w.call_id AND c.cseq >= w.cseq
), granted AS MATERIALIZED (
    SELECT * FROM wanted WHERE user_key NOT IN (SELECT user_key FROM late)
), put AS (
    INSERT INTO :"schema".contact AS c (user_key, contact_key, expires_at, cseq, q, reg_id, aor, contact, call_id, path,
        instance_id, node, flow)
    SELECT user_key, contact_key, now() + life_us * interval '1 microsecond', cseq, q, reg_id, aor, contact, call_id,
        path, instance_id, node, flow
    FROM granted
    WHERE life_us > 0
    ORDER BY user_key, contact_key
    ON CONFLICT (user_key, contact_key) DO UPDATE SET expires_at = excluded.expires_at, cseq = excluded.cseq,
        q = excluded.q, contact = excluded.contact, call_id = excluded.call_id, path = excluded.path,
        node = excluded.node, flow = excluded.flow
), removed AS (
    DELETE FROM :"schema".contact c
    USING granted g
    WHERE g.life_us = 0 AND c.user_key = g.user_key AND c.contact_key = g.contact_key
)
SELECT user_key, contact_key FROM late;
SELECT *, (extract(epoch FROM expires_at - now()) * 1000000)::bigint AS left_us
FROM :"schema".contact
WHERE user_key = ANY (?::uuid[]) AND expires_at > now()
