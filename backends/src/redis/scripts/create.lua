-- ARGV: request, media type, message, bytes and SHA-256 of the original, options as JSON or empty.
-- In the set of open media it is due for a look after a while, unless it is published by then.
local state, request = fields('state', 'request')
if state then
  if state ~= 'Deleted' and request == ARGV[3] then return { 'created' } end
  return { 'taken' }
end
redis.call('HSET', media, 'request', ARGV[3], 'media_type', ARGV[4], 'message', ARGV[5],
  'original_bytes', ARGV[6], 'original_sha256', ARGV[7], 'service', 'webserver',
  'state', 'Processing', 'phase', 'queued', 'code', 202, 'epoch', 1, 'attempts', 0,
  'created_at_ms', now_ms)
if ARGV[8] ~= '' then redis.call('HSET', media, 'options', ARGV[8]) end
redis.call('ZADD', index, 0, index_member(now_ms))
redis.call('ZADD', list_of.Processing, 0, index_member(now_ms))
redis.call('ZADD', open, now_ms + UNPUBLISHED_MS, id)
written()
return { 'created' }
