-- Lets bindings live on, never for less than is left, and mends their entries in the indexes.
-- KEYS: each dialog. ARGV: what the indexes' names begin with; then for each dialog its member and its life in ms.
-- Answers for each: 1, or 0 where nothing stands, or ? where it can't be read.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local standing = redis.call('MGET', unpack(KEYS))
local answers = {}
for i = 1, #KEYS do
    local member, life = ARGV[i * 2], ARGV[i * 2 + 1]
    local before = standing[i]
    answers[i] = '0'
    if before and string.sub(before, 1, 2) ~= '1X' then
        local phase, owner = string.match(before, '^1([CE])%d+\n([^\n]*)\n')
        answers[i] = '?'
        if phase then
            local left = math.max(redis.call('PTTL', KEYS[i]), tonumber(life))
            redis.call('PEXPIRE', KEYS[i], string.format('%.0f', left))
            local index = ARGV[1] .. phase .. ':' .. owner
            redis.call('ZADD', index, string.format('%.0f', now + left), member)
            if redis.call('PTTL', index) < left then
                redis.call('PEXPIRE', index, string.format('%.0f', left * 2))
            end
            answers[i] = '1'
        end
    end
end
return answers
