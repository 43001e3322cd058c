SELECT *, (extract(epoch FROM expires_at - statement_timestamp()) * 1000000)::bigint AS left_us
FROM :"schema".contact
WHERE user_key = ANY (?::uuid[]) AND expires_at > statement_timestamp()
