-- Reads all of shared state.
-- KEYS: the values, the revision. ARGV: what the keys are to begin with; all with an empty one.
-- Answers: the revision, then key, version and value of each that stands; those that can't be read have no version.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = { redis.call('GET', KEYS[2]) or '0' }
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
    if string.sub(all[i], 1, #ARGV[1]) == ARGV[1] then
        local _, header, version, expiry = string.find(all[i + 1], '^1(%d+) (%d+)\n')
        if not version or expiry == '0' or tonumber(expiry) > now then
            answer[#answer + 1] = all[i]
            answer[#answer + 1] = version or ''
            answer[#answer + 1] = version and string.sub(all[i + 1], header + 1) or ''
        end
    end
end
return answer
