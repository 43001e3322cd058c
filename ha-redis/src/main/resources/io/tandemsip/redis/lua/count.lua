-- Counts a node's confirmed dialogs. Some entries are looked at each time: those without their dialog are removed.
-- KEYS: the index. ARGV: what the dialogs' names begin with, how many entries to look at. Answers: the number.
local time = redis.call('TIME')
local past = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', past, 'LIMIT', '0', '200')
if #expired > 0 then
    redis.call('ZREM', KEYS[1], unpack(expired))
end
for _, member in ipairs(redis.call('ZRANDMEMBER', KEYS[1], ARGV[2])) do
    if redis.call('EXISTS', ARGV[1] .. member) == 0 then
        redis.call('ZREM', KEYS[1], member)
    end
end
return { redis.call('ZCOUNT', KEYS[1], '(' .. past, '+inf') }
