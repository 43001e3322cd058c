-- Reads a key of shared state.
-- KEYS: the values. ARGV: the key. Answers: version and value; nothing if it is absent or expired.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local standing = redis.call('HGET', KEYS[1], ARGV[1])
if not standing then
    return {}
end
local _, header, version, expiry = string.find(standing, '^1(%d+) (%d+)\n')
if not version then
    return redis.error_reply('CORRUPT a value of shared state begins otherwise')
end
if expiry ~= '0' and tonumber(expiry) <= now then
    return {}
end
return { version, string.sub(standing, header + 1) }
