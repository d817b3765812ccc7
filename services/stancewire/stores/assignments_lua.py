"""The Lua scripts of the assignments store; Redis runs each as one step.

`meta` is a hash: `epoch` names this life of the store (a flushed Redis begins another), `revision`
counts its changes, `floor` is the last revision at which idle stories were forgotten. A reader that
has seen the stories at some revision asks for what changed since; one that is older than the floor,
or comes from another epoch, gets them all.
"""

STORIES_SINCE = """
-- KEYS: meta, stories, changed    ARGV: epoch and revision that the caller has
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'revision', 'floor')
local epoch, revision, floor = meta[1] or '', tonumber(meta[2] or '0'), tonumber(meta[3] or '0')
local seen = tonumber(ARGV[2])
if epoch == ARGV[1] and seen >= floor and seen <= revision then
  local ids = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. seen, '+inf')
  local found = {}
  for i, id in ipairs(ids) do found[i] = redis.call('HGET', KEYS[2], id) or '' end
  return {epoch, revision, 0, ids, found}
end
local ids, found = {}, {}
local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
  ids[#ids + 1] = all[i]
  found[#found + 1] = all[i + 1]
end
return {epoch, revision, 1, ids, found}
"""

DECIDE = """
-- KEYS: meta, stories, changed, touched, article, life
-- ARGV: epoch, revision, article as expected, article as decided, its milliseconds to live,
--       epoch to begin with, touched before which a story is idle, life as known, then per changed
--       story: id, bytes ('' forgets it), touched
-- Answers 'decided', 'article' (it is not as expected), 'stories' (they changed meanwhile) or
-- 'life' (another one than is known).
if (redis.call('GET', KEYS[6]) or '') ~= ARGV[8] then return 'life' end
if (redis.call('GET', KEYS[5]) or '') ~= ARGV[3] then return 'article' end
local changes = #ARGV > 8
if changes then
  local meta = redis.call('HMGET', KEYS[1], 'epoch', 'revision')
  if (meta[1] or '') ~= ARGV[1] or (meta[2] or '0') ~= ARGV[2] then return 'stories' end
  if not meta[1] then redis.call('HSET', KEYS[1], 'epoch', ARGV[6]) end
  local revision = redis.call('HINCRBY', KEYS[1], 'revision', 1)
  for i = 9, #ARGV, 3 do
    if ARGV[i + 1] == '' then
      redis.call('HDEL', KEYS[2], ARGV[i])
    else
      redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
      redis.call('ZADD', KEYS[4], ARGV[i + 2], ARGV[i])
    end
    redis.call('ZADD', KEYS[3], revision, ARGV[i])
  end
  local idle = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', '(' .. ARGV[7], 'LIMIT', 0, 100)
  if #idle > 0 then
    redis.call('HDEL', KEYS[2], unpack(idle))
    redis.call('ZREM', KEYS[3], unpack(idle))
    redis.call('ZREM', KEYS[4], unpack(idle))
    redis.call('HSET', KEYS[1], 'floor', revision)
  end
end
redis.call('SET', KEYS[5], ARGV[4], 'PX', ARGV[5])
return 'decided'
"""

CONFIRM = """
-- KEYS: article    ARGV: article as expected, article as published, its milliseconds to live
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""

PUT_BACK = """
-- KEYS: article    ARGV: article as expected ('' for none), article, its milliseconds to live
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""

RELEASE = """
-- KEYS: due, records    ARGV: article uri, record as expected
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
return 1
"""
