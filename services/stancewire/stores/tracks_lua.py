"""The Lua scripts of the tracker's store; Redis runs each as one step.

A track is a hash: `state`, `outbox` (absent where nothing waits) and `revision`, which counts its
writes. The index beside it is written in the same step: it never shows what the state does not.
"""

SAVE = """
-- KEYS: track, stories, actors of the story, what is shown of them, labels, recent changes
-- ARGV: revision as loaded, state, outbox ('' for none), story ('' leaves the index alone), actor,
--       event time in ms, label, what is shown, changes to keep, then each change
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
  redis.call('ZADD', KEYS[3], ARGV[6], ARGV[5])
  redis.call('HSET', KEYS[4], ARGV[5], ARGV[8])
end
for i = 10, #ARGV do
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[9], '*', 'change', ARGV[i])
end
return redis.call('HINCRBY', KEYS[1], 'revision', 1)
"""

CLEAR = """
-- KEYS: track    ARGV: revision as loaded
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], 'outbox')
"""
