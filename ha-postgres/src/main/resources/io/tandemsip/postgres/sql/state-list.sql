SELECT key, version, value
FROM :"schema".state
WHERE starts_with(key, ?) AND (expires_at IS NULL OR expires_at > statement_timestamp())
ORDER BY key
