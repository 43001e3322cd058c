-- Binds dialogs to their owners, each unless it is fenced, ended, or owned by another under the same or a higher epoch.
-- KEYS: the fences, then each dialog.
-- ARGV: what the indexes' names begin with; then for each dialog its member, owner, epoch, phase, life in ms, and value.
-- Answers for those only that were not written as asked: its number, then F and the epoch, or = and the value that stands.
local FIELDS = 6

local function below(a, b)
    return #a < #b or (#a == #b and a < b)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local standing = redis.call('MGET', unpack(KEYS, 2))
local fences, expiries, entries, exceptions = {}, {}, { C = {}, E = {} }, {}

local function except(number, answer)
    exceptions[#exceptions + 1] = number
    exceptions[#exceptions + 1] = answer
end

local function write(key, at, phase, value, life)
    redis.call('SET', key, value, 'PX', life)
    local expiry = expiries[life]
    if not expiry then
        expiry = string.format('%.0f', now + life)
        expiries[life] = expiry
    end
    local owner = ARGV[at + 1]
    local added = entries[phase][owner]
    if not added then
        added = { longest = 0 }
        entries[phase][owner] = added
    end
    local count = #added
    added[count + 1] = expiry
    added[count + 2] = ARGV[at]
    added.longest = math.max(added.longest, tonumber(life))
end

for i = 2, #KEYS do
    local number, at = i - 2, i * FIELDS - 2 * FIELDS + 2
    local owner, epoch, phase, life, value = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
    local fence, before = fences[owner], standing[i - 1]
    if fence == nil then
        fence = redis.call('HGET', KEYS[1], owner)
        fences[owner] = fence
    end
    if fence and below(epoch, fence) then
        except(number, 'F' .. fence)
    elseif not before then
        write(KEYS[i], at, phase, value, life)
    else
        local phaseBefore, epochBefore, ownerBefore = string.match(before, '^1([CE])(%d+)\n([^\n]*)\n')
        if not phaseBefore or below(epoch, epochBefore) or (epoch == epochBefore and owner ~= ownerBefore) then
            except(number, '=' .. before)
        else
            if owner ~= ownerBefore or phase ~= phaseBefore then
                redis.call('ZREM', ARGV[1] .. phaseBefore .. ':' .. ownerBefore, ARGV[at])
            end
            if phaseBefore == 'C' and phase == 'E' then
                phase, value = 'C', '1C' .. string.sub(value, 3)
                except(number, '=' .. value)
            end
            local left = redis.call('PTTL', KEYS[i])
            write(KEYS[i], at, phase, value, left > tonumber(life) and string.format('%.0f', left) or life)
        end
    end
end

local past = string.format('%.0f', now)
for phase, owners in pairs(entries) do
    for owner, added in pairs(owners) do
        local index = ARGV[1] .. phase .. ':' .. owner
        redis.call('ZADD', index, unpack(added))
        local expired = redis.call('ZRANGEBYSCORE', index, '-inf', past, 'LIMIT', '0', '200')
        if #expired > 0 then
            redis.call('ZREM', index, unpack(expired))
        end
        if redis.call('PTTL', index) < added.longest then
            redis.call('PEXPIRE', index, string.format('%.0f', added.longest * 2))
        end
    end
end
return exceptions
