-- ARGV: token, state, code, message, then thumbnail, handler and cost as JSON and fault as a word, each may
-- be empty, and the reason for the history.
-- The holder stays on record, so that its repeat is known.
local state, holder, created_at_ms = fields('state', 'holder', 'created_at_ms')
if not state then return { 'absent' } end
if state == 'Deleted' then return { 'deleted' } end
if holder ~= ARGV[3] then return { 'lost' } end
if state == 'Processing' then
  redis.call('HSET', media, 'state', ARGV[4], 'code', ARGV[5], 'message', ARGV[6],
    'phase', 'done', 'service', 'worker')
  for place, field in ipairs({ 'thumbnail', 'handler', 'cost', 'fault' }) do
    local value = ARGV[6 + place]
    if value ~= '' then redis.call('HSET', media, field, value) end
  end
  redis.call('ZREM', open, id)
  redis.call('ZREM', list_of.Processing, index_member(created_at_ms))
  redis.call('ZADD', list_of[ARGV[4]], 0, index_member(created_at_ms))
  written(ARGV[11])
end
return { 'stored' }
