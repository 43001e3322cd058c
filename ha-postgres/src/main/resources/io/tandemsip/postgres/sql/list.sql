SELECT key, call_id, first_tag, second_tag, owner, incarnation, epoch, phase
FROM :"schema".dialog
WHERE owner = ? AND key > ? AND phase < 2 AND expires_at > statement_timestamp()
ORDER BY owner, key
LIMIT ?
