SELECT key, version, value
FROM :"schema".state
WHERE key = ? AND (expires_at IS NULL OR expires_at > statement_timestamp())
