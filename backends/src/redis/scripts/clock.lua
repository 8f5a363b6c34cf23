-- The server's clock is the only one that counts, in milliseconds since 1970.
local seconds, micros = unpack(redis.call('TIME'))
local now_ms = seconds * 1000 + math.floor(micros / 1000)
