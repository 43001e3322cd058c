SELECT key, call_id, first_tag, second_tag, owner, incarnation, epoch, phase
FROM :"schema".dialog
WHERE key = ANY (?::uuid[]) AND expires_at > statement_timestamp()
