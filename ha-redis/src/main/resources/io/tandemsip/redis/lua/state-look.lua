-- Removes what expired from shared state, tells the channel of each, and answers the revision.
-- KEYS: the values, the expiries, the revision. ARGV: the channel.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local revision = redis.call('GET', KEYS[3]) or '0'
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now), 'LIMIT', '0', '200')
for _, key in ipairs(due) do
    local expiry = string.match(redis.call('HGET', KEYS[1], key) or '', '^1%d+ (%d+)\n')
    if expiry and expiry ~= '0' and tonumber(expiry) > now then
        redis.call('ZADD', KEYS[2], expiry, key)
    else
        redis.call('ZREM', KEYS[2], key)
        if expiry and expiry ~= '0' then
            local before = revision
            revision = string.format('%.0f', math.max(tonumber(before) + 1, time[1] * 1000000 + time[2]))
            redis.call('SET', KEYS[3], revision)
            redis.call('HDEL', KEYS[1], key)
            redis.call('PUBLISH', ARGV[1], '1G' .. before .. ' ' .. revision .. ' ' .. key .. '\n')
        end
    end
end
return { revision }
