SELECT pg_advisory_xact_lock(?);
INSERT INTO :"schema".fence AS f (owner, epoch) VALUES (?, ?)
ON CONFLICT (owner) DO UPDATE SET epoch = greatest(f.epoch, excluded.epoch)
RETURNING epoch
