-- Reads some of a node's dialogs in the order of their expiry, which only grows: who stands is met at or behind the cursor's
-- place, and never before it again. Entries that lead to no dialog of the node are removed.
-- KEYS: the index. ARGV: what the dialogs' names begin with; owner; phase; the cursor's expiry and member; how many entries.
-- Answers: how many entries were read, the last one's expiry and member, then the values.
local index, dialog, owner, phase, expiry, member = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local limit = tonumber(ARGV[6])

local first = redis.call('ZCOUNT', index, '-inf', '(' .. expiry)
local last = first + redis.call('ZCOUNT', index, expiry, expiry)
while first < last do
    local middle = math.floor((first + last) / 2)
    if redis.call('ZRANGE', index, middle, middle)[1] <= member then
        first = middle + 1
    else
        last = middle
    end
end

local entries = redis.call('ZRANGE', index, first, first + limit - 1, 'WITHSCORES')
local answer = { tostring(#entries / 2), entries[#entries] or expiry, entries[#entries - 1] or member }
local stale = {}
for i = 1, #entries, 2 do
    local value = redis.call('GET', dialog .. entries[i])
    local phaseOfIt, ownerOfIt = string.match(value or '', '^1([CEX])%d*\n?([^\n]*)')
    if value and (not phaseOfIt or (phaseOfIt == phase and ownerOfIt == owner)) then
        answer[#answer + 1] = value
    else
        stale[#stale + 1] = entries[i]
    end
end
for i = 1, #stale, 1000 do
    redis.call('ZREM', index, unpack(stale, i, math.min(i + 999, #stale)))
end
return answer
