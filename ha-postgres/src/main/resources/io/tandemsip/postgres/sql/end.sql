-- A tombstone keeps the owner of the binding that it ended, and has none where nothing stood.
INSERT INTO :"schema".dialog AS d
    (key, expires_at, epoch, phase, owner, incarnation, call_id, first_tag, second_tag)
SELECT key, statement_timestamp() + life_us * interval '1 microsecond', 0, 2, '', '', call_id, first_tag, second_tag
FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bigint[])
    AS w (key, call_id, first_tag, second_tag, life_us)
ORDER BY key
ON CONFLICT (key) DO UPDATE SET
    expires_at = excluded.expires_at,
    phase = 2,
    owner = CASE WHEN d.expires_at > statement_timestamp() THEN d.owner ELSE '' END
WHERE d.phase < 2 OR d.expires_at <= statement_timestamp()
RETURNING d.key, d.owner <> ''
