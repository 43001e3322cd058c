WITH held AS (
    SELECT key, expires_at > statement_timestamp() AS stood
    FROM :"schema".dialog
    WHERE key = ANY (?::uuid[])
    ORDER BY key
    FOR UPDATE
)
DELETE FROM :"schema".dialog d
USING held h
WHERE d.key = h.key
RETURNING d.key, h.stood
