-- ARGV: epoch, message. Makes the next epoch current, unless another is by now or a claim holds.
local state, epoch, holder, lease_until_ms, created_at_ms =
  fields('state', 'epoch', 'holder', 'lease_until_ms', 'created_at_ms')
if epoch ~= ARGV[3] or (state ~= 'Processing' and state ~= 'Completed') then
  return { 'not needed' }
end
if state == 'Processing' and holder and tonumber(lease_until_ms) > now_ms then
  return { 'not needed' }
end
if state == 'Completed' then
  redis.call('HDEL', media, 'thumbnail', 'handler', 'cost', 'fault', 'handler_faults')
  redis.call('HSET', media, 'attempts', 0)
  redis.call('ZREM', list_of.Completed, index_member(created_at_ms))
  redis.call('ZADD', list_of.Processing, 0, index_member(created_at_ms))
end
redis.call('HDEL', media, 'holder', 'holds_end_only', 'lease_until_ms', 'given_back', 'worker')
redis.call('HSET', media, 'state', 'Processing', 'phase', 'queued', 'code', 202,
  'message', ARGV[4], 'service', 'worker', 'epoch', epoch + 1)
redis.call('ZADD', open, now_ms + UNPUBLISHED_MS, id)
written(ARGV[4])
return { 'reissued', redis.call('HGETALL', media) }
