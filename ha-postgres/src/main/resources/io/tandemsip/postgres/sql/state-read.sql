-- All keys that stand, with the values of those that changed since.
SELECT r.last, s.key, s.version, CASE WHEN s.version > ? THEN s.value END AS value,
    (extract(epoch FROM s.expires_at - statement_timestamp()) * 1000000)::bigint AS left_us
FROM :"schema".revision r
LEFT JOIN :"schema".state s ON s.expires_at IS NULL OR s.expires_at > statement_timestamp()
