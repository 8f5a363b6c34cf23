-- KEYS: when each worker was heard, what it announced. ARGV: ms until forgotten.
-- With no worker alive, the last that was heard.
local workers = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. (now_ms - ARGV[1]), '+inf')
if #workers == 0 then workers = redis.call('ZRANGE', KEYS[1], -1, -1) end
local announced = {}
for _, worker in ipairs(workers) do
  table.insert(announced, worker)
  table.insert(announced, redis.call('HGET', KEYS[2], worker) or '')
end
return announced
