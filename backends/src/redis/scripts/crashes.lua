-- KEYS: the case.
return { math.max(redis.call('HLEN', KEYS[1]) - 1, 0), redis.call('HGET', KEYS[1], 'last') }
