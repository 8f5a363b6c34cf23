-- KEYS: the case. ARGV: run, crash as JSON, ms until forgotten.
-- One field for each run, so that a repeat is not counted again, and one for the last crash.
redis.call('HSET', KEYS[1], 'run:' .. ARGV[1], '', 'last', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { redis.call('HLEN', KEYS[1]) - 1, ARGV[2] }
