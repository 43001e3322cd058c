-- Removes all contacts of a user, or none if one stands with the same or a newer CSeq of the same Call-ID.
-- KEYS: the user. ARGV: Call-ID, CSeq. Answers: R or O, the server's time in ms, and the one that was in the way.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, value in ipairs(redis.call('HVALS', KEYS[1])) do
    local expiry, cseq, callId = string.match(value, '^1(%d+)\n(%d+)\n([^\n]*)\n')
    if expiry and tonumber(expiry) > now and callId == ARGV[1]
        and (#ARGV[2] < #cseq or (#ARGV[2] == #cseq and ARGV[2] <= cseq)) then
        return { 'O', string.format('%.0f', now), value }
    end
end
redis.call('DEL', KEYS[1])
return { 'R', string.format('%.0f', now) }
