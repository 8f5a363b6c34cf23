-- KEYS: when each worker was heard, what it announced. ARGV: worker, catalog, ms until forgotten.
-- The one that speaks is alive, so what is removed is never the last.
redis.call('ZADD', KEYS[1], now_ms, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
for _, silent in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now_ms - ARGV[3])) do
  redis.call('ZREM', KEYS[1], silent)
  redis.call('HDEL', KEYS[2], silent)
end
return {}
