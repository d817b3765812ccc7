"""The Lua scripts of the tracker's store; Redis runs each as one step.

A track is a hash: `state`, `outbox` (absent where nothing waits) and `revision`, which counts its
writes. The index beside it is written in the same step: it never shows what the state does not.
"""

SAVE = """
-- KEYS: track, stories, actors of the story, what is shown of them, labels, recent changes,
--       stories of the actor, history of the track
-- ARGV: revision as loaded, state, outbox ('' for none), story ('' leaves the index alone), actor,
--       event time in ms, label, what is shown ('' where nothing is left to show), changes to keep,
--       changes of the history to keep, then each change
-- Answers the new revision, or 0 where the track is not as it was loaded.
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
for i = 11, #ARGV do
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[9], '*', 'change', ARGV[i])
  redis.call('RPUSH', KEYS[8], ARGV[i])
end
if #ARGV > 10 then redis.call('LTRIM', KEYS[8], -tonumber(ARGV[10]), -1) end
return redis.call('HINCRBY', KEYS[1], 'revision', 1)
"""

CLEAR = """
-- KEYS: track    ARGV: revision as loaded
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], 'outbox')
"""
