-- KEYS: the open media of a shard. ARGV: how far ahead in ms, and how many at most.
-- Gives the time, and the media whose time has come by then, the longest due first.
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now_ms + ARGV[1], 'WITHSCORES',
  'LIMIT', 0, ARGV[2])
return { now_ms, due }
