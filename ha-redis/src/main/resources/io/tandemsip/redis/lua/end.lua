-- Ends dialogs and leaves tombstones; early bindings are removed without.
-- KEYS: each dialog. ARGV: what the indexes' names begin with; then for each dialog its member and its tombstone's life in
-- ms, 0 for none. Answers for each: 1 if a binding stood, else 0.
local standing = redis.call('MGET', unpack(KEYS))
local answers = {}
for i = 1, #KEYS do
    local member, life = ARGV[i * 2], ARGV[i * 2 + 1]
    local before = standing[i]
    local ended = before and string.sub(before, 1, 2) == '1X'
    if not ended then
        local phase, owner = string.match(before or '', '^1([CE])%d+\n([^\n]*)\n')
        if phase then
            -- first, since a script that has removed something may write even when memory is full
            redis.call('ZREM', ARGV[1] .. phase .. ':' .. owner, member)
        end
        if life ~= '0' then
            redis.call('SET', KEYS[i], '1X', 'PX', life)
        elseif before then
            redis.call('DEL', KEYS[i])
        end
    end
    answers[i] = before and not ended and '1' or '0'
end
return answers
