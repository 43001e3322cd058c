SELECT count(*)
FROM :"schema".dialog
WHERE owner = ? AND phase = 1 AND expires_at > statement_timestamp()
