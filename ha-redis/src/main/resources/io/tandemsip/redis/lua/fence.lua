-- Raises the lowest epoch under which a node may bind.
-- KEYS: the fences. ARGV: node, epoch. Answers: the epoch that stands.
local standing = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
if #standing < #ARGV[2] or (#standing == #ARGV[2] and standing < ARGV[2]) then
    standing = ARGV[2]
    redis.call('HSET', KEYS[1], ARGV[1], standing)
end
return { standing }
