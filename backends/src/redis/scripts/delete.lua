-- ARGV: how long the tombstone stays, in ms. It outlives every message that may still come.
local state, created_at_ms = fields('state', 'created_at_ms')
if not state or state == 'Deleted' then return { 'absent' } end
local before = redis.call('HGETALL', media)
redis.call('HSET', media, 'state', 'Deleted', 'phase', 'done', 'message', '', 'code', 404)
written()
redis.call('HDEL', media, 'original_sha256', 'thumbnail', 'handler', 'cost', 'holder', 'given_back')
redis.call('ZREM', index, index_member(created_at_ms))
redis.call('ZREM', open, id)
redis.call('PEXPIRE', media, ARGV[3])
redis.call('PEXPIRE', history, ARGV[3])
return { 'deleted', before }
