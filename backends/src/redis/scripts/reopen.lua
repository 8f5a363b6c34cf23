-- ARGV: epoch of the Error, message.
local state, epoch, created_at_ms = fields('state', 'epoch', 'created_at_ms')
if not state or state == 'Deleted' then return { 'absent' } end
local behind = tonumber(epoch) - tonumber(ARGV[3])
local word = behind > 0 and 'open before' or 'not failed'
if behind == 0 and state == 'Error' then
  redis.call('HSET', media, 'state', 'Processing', 'phase', 'queued', 'code', 202, 'message', ARGV[4],
    'service', 'webserver', 'epoch', epoch + 1, 'attempts', 0)
  redis.call('HDEL', media, 'handler', 'cost', 'fault', 'holder', 'holds_end_only', 'lease_until_ms',
    'given_back', 'handler_faults', 'worker')
  redis.call('ZREM', list_of.Error, index_member(created_at_ms))
  redis.call('ZADD', list_of.Processing, 0, index_member(created_at_ms))
  redis.call('ZADD', open, now_ms + UNPUBLISHED_MS, id)
  written('asked for again')
  word = 'reopened'
end
return { word, redis.call('HGETALL', media) }
