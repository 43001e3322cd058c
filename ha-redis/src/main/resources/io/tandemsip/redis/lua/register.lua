-- Writes the contacts of a REGISTER as a whole, or nothing if one of them stands with the same or a newer CSeq of the same
-- Call-ID (RFC 3261 section 10.3). Contacts that expired are removed.
-- KEYS: the user. ARGV: for each contact its field, life in ms (0 removes it), CSeq, Call-ID, and the rest of its value.
-- Answers: R or O, the server's time in ms, then each contact that stands, or the one that was in the way.
local FIELDS = 5

local function below(a, b)
    return #a < #b or (#a == #b and a < b)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local standing, latest = {}, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
    local expiry = string.match(all[i + 1], '^1(%d+)\n')
    if expiry and tonumber(expiry) <= now then
        redis.call('HDEL', KEYS[1], all[i])
    else
        standing[all[i]] = all[i + 1]
        latest = math.max(latest, tonumber(expiry or 0))
    end
end

for at = 1, #ARGV, FIELDS do
    local before = standing[ARGV[at]]
    if before then
        local cseq, callId = string.match(before, '^1%d+\n(%d+)\n([^\n]*)\n')
        if callId == ARGV[at + 3] and not below(cseq, ARGV[at + 2]) then
            return { 'O', string.format('%.0f', now), before }
        end
    end
end

for at = 1, #ARGV, FIELDS do
    local field, life = ARGV[at], tonumber(ARGV[at + 1])
    if life == 0 then
        standing[field] = nil
        redis.call('HDEL', KEYS[1], field)
    else
        local value = '1' .. string.format('%.0f', now + life) .. '\n' .. ARGV[at + 2] .. '\n' .. ARGV[at + 3] .. '\n'
            .. ARGV[at + 4]
        standing[field] = value
        redis.call('HSET', KEYS[1], field, value)
        latest = math.max(latest, now + life)
    end
end
if next(standing) then
    redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', latest))
end

local answer = { 'R', string.format('%.0f', now) }
for _, value in pairs(standing) do
    answer[#answer + 1] = value
end
return answer
