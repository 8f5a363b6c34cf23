-- ARGV: epoch. Touches nothing but the time at which the medium is due for a look.
local state, epoch = fields('state', 'epoch')
if state == 'Processing' and epoch == ARGV[3] then
  redis.call('ZADD', open, 'XX', now_ms + QUEUED_MS, id)
end
return { 'noted' }
