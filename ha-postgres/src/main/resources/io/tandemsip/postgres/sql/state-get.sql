SELECT key, version, value
FROM :"schema".state
WHERE key = ANY (?::text[]) AND (expires_at IS NULL OR expires_at > statement_timestamp())
