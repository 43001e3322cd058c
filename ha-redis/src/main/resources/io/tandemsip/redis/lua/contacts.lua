-- Reads a user's contacts.
-- KEYS: the user. Answers: the server's time in ms, then each contact that stands.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = { string.format('%.0f', now) }
for _, value in ipairs(redis.call('HVALS', KEYS[1])) do
    local expiry = string.match(value, '^1(%d+)\n')
    if not expiry or tonumber(expiry) > now then
        answer[#answer + 1] = value
    end
end
return answer
