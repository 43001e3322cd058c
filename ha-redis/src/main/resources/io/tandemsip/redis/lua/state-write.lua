-- Writes or removes a key of shared state if its version is the one expected, and tells the channel.
-- KEYS: the values, the expiries, the revision. ARGV: the key, the version expected (0: absent), P or G for put or remove, the
-- value, the life in ms (0: for ever), the channel.
-- Answers: A and the version it has now; or C, and the version and value that stand, if any.
local key, expected, kind, value, life, channel = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local standing = redis.call('HGET', KEYS[1], key)
local version = '0'
if standing then
    local _, header, versionOfIt, expiry = string.find(standing, '^1(%d+) (%d+)\n')
    if not versionOfIt then
        return redis.error_reply('CORRUPT a value of shared state begins otherwise')
    end
    if expiry == '0' or tonumber(expiry) > now then
        version = versionOfIt
        if version ~= expected then
            return { 'C', version, string.sub(standing, header + 1) }
        end
    end
end
if version ~= expected or (kind == 'G' and version == '0') then
    return { 'C' }
end

local before = redis.call('GET', KEYS[3]) or '0'
local revision = string.format('%.0f', math.max(tonumber(before) + 1, time[1] * 1000000 + time[2]))
if kind == 'G' then
    -- first, since a script that has removed something may write even when memory is full
    redis.call('HDEL', KEYS[1], key)
    redis.call('ZREM', KEYS[2], key)
    redis.call('SET', KEYS[3], revision)
else
    redis.call('SET', KEYS[3], revision)
    local expiry = '0'
    if life == '0' then
        redis.call('ZREM', KEYS[2], key)
    else
        expiry = string.format('%.0f', now + life)
        redis.call('ZADD', KEYS[2], expiry, key)
    end
    redis.call('HSET', KEYS[1], key, '1' .. revision .. ' ' .. expiry .. '\n' .. value)
end
redis.call('PUBLISH', channel, '1' .. kind .. before .. ' ' .. revision .. ' ' .. key .. '\n' .. value)
return { 'A', revision }
