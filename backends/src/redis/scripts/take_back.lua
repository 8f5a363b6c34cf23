-- ARGV: epoch of the job, then as in `finish`: state, code, message, thumbnail, handler, cost and fault.
-- Makes an Error of what was opened in vain: not published, and not claimed in this epoch.
local state, epoch, attempts, holder, published_epoch, created_at_ms =
  fields('state', 'epoch', 'attempts', 'holder', 'published_epoch', 'created_at_ms')
if epoch ~= ARGV[3] or attempts ~= '0' then return { 'not taken back' } end
local is_waiting = state == 'Processing' and not holder
if is_waiting and tonumber(published_epoch or 0) < tonumber(epoch) then
  state = ARGV[4]
  redis.call('HSET', media, 'state', state, 'code', ARGV[5], 'message', ARGV[6], 'phase', 'done',
    'service', 'webserver')
  for place, field in ipairs({ 'thumbnail', 'handler', 'cost', 'fault' }) do
    local value = ARGV[6 + place]
    if value ~= '' then redis.call('HSET', media, field, value) end
  end
  redis.call('ZREM', open, id)
  redis.call('ZREM', list_of.Processing, index_member(created_at_ms))
  redis.call('ZADD', list_of[state], 0, index_member(created_at_ms))
  written('the queue took no job')
end
return { state == 'Error' and 'taken back' or 'not taken back' }
