"""The Lua scripts of the tracker's store; Redis runs each as one step.

A track is a hash: `state`, `outbox` (absent where nothing waits), `position` (partition and offset
of the newest observation that was taken), `stale` (the votes for which `stale` was published) and
`revision`, which counts its writes. The index beside it is written in the same step: it never shows
what the state does not.
"""

SAVE = """
-- KEYS: track, stories, actors of the story, what is shown of them, labels, recent changes,
--       stories of the actor, history of the track, life, keys of the partition by newest vote
-- ARGV: revision as loaded, state, outbox ('' for none), story ('' leaves the index alone), actor,
--       event time in ms, label, what is shown ('' where nothing is left to show), changes to keep,
--       changes of the history to keep, life as known, position ('' keeps it), key, newest vote
--       under a stance that holds ('' for none), its ms ('' leaves the votes alone), vote that is
--       called stale now ('' for none), then each change
-- Answers the new revision, 0 where the track is not as it was loaded, -1 in another life.
if (redis.call('GET', KEYS[9]) or '') ~= ARGV[11] then return -1 end
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], 'outbox')
else
  redis.call('HSET', KEYS[1], 'outbox', ARGV[3])
end
if ARGV[4] ~= '' then
  local seen = redis.call('ZSCORE', KEYS[2], ARGV[4])
  if not seen or tonumber(ARGV[6]) >= tonumber(seen) then
    redis.call('ZADD', KEYS[2], ARGV[6], ARGV[4])
    redis.call('HSET', KEYS[5], ARGV[4], ARGV[7])
  end
  if ARGV[8] == '' then
    redis.call('ZREM', KEYS[3], ARGV[5])
    redis.call('HDEL', KEYS[4], ARGV[5])
    redis.call('ZREM', KEYS[7], ARGV[4])
  else
    redis.call('ZADD', KEYS[3], ARGV[6], ARGV[5])
    redis.call('HSET', KEYS[4], ARGV[5], ARGV[8])
    redis.call('ZADD', KEYS[7], ARGV[6], ARGV[4])
  end
end
if ARGV[12] ~= '' then redis.call('HSET', KEYS[1], 'position', ARGV[12]) end
local told = redis.call('HGET', KEYS[1], 'stale') or ''
if ARGV[16] ~= '' then redis.call('HSET', KEYS[1], 'stale', told .. ARGV[16] .. ' ') end
if ARGV[15] ~= '' then
  if ARGV[14] == '' or string.find(told, ARGV[14], 1, true) then
    redis.call('ZREM', KEYS[10], ARGV[13])
  else
    redis.call('ZADD', KEYS[10], ARGV[15], ARGV[13])
  end
end
for i = 17, #ARGV do
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[9], '*', 'change', ARGV[i])
  redis.call('RPUSH', KEYS[8], ARGV[i])
end
if #ARGV > 16 then redis.call('LTRIM', KEYS[8], -tonumber(ARGV[10]), -1) end
return redis.call('HINCRBY', KEYS[1], 'revision', 1)
"""

CLEAR = """
-- KEYS: track    ARGV: revision as loaded
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], 'outbox')
"""

NOTE = """
-- KEYS: track, life    ARGV: revision as loaded, life as known, position
-- Answers as SAVE does.
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[2] then return -1 end
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'position', ARGV[3])
return redis.call('HINCRBY', KEYS[1], 'revision', 1)
"""

RETIRE = """
-- KEYS: track, keys of the partition by newest vote    ARGV: revision as loaded, key
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return 0 end
return redis.call('ZREM', KEYS[2], ARGV[2])
"""

FORGET = """
-- KEYS: track, actors of the story, what is shown of them, stories of the actor, history, life,
--       keys of the partition by newest vote
-- ARGV: revision as loaded, life as known, key, story, actor
-- Answers 1, 0 where the track is not as it was loaded, -1 in another life.
if (redis.call('GET', KEYS[6]) or '') ~= ARGV[2] then return -1 end
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[5])
redis.call('ZREM', KEYS[2], ARGV[5])
redis.call('HDEL', KEYS[3], ARGV[5])
redis.call('ZREM', KEYS[4], ARGV[4])
redis.call('ZREM', KEYS[7], ARGV[3])
return 1
"""
