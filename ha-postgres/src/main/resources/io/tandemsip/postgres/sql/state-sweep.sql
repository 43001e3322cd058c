DELETE FROM :"schema".state
WHERE key = ANY (ARRAY(
    SELECT key FROM :"schema".state WHERE expires_at <= statement_timestamp() LIMIT 1000 FOR UPDATE SKIP LOCKED))
    AND expires_at <= statement_timestamp()
