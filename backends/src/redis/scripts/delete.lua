-- ARGV: how long the tombstone stays, in ms, or 0 for ever, and the token of this request.
-- The tombstone outlives every message that may still come. It keeps what names the files and who asked,
-- so that the repeat of a request whose reply was lost still learns what to delete.
local state, created_at_ms, thumbnail, deleted_by =
  fields('state', 'created_at_ms', 'thumbnail', 'deleted_by')
if not state then return { 'absent' } end
if state == 'Deleted' then
  if deleted_by ~= ARGV[4] then return { 'absent' } end
  local before = redis.call('HGETALL', media)
  -- The last value of a field is the one that counts.
  local state_before = redis.call('HGET', media, 'state_before')
  for _, word in ipairs({ 'state', state_before, 'original_sha256', '' }) do
    table.insert(before, word)
  end
  return { 'deleted', before }
end
local before = redis.call('HGETALL', media)
redis.call('HSET', media, 'state', 'Deleted', 'phase', 'done', 'message', '', 'code', 404,
  'state_before', state, 'deleted_by', ARGV[4])
written()
if thumbnail then
  local unhashed = string.gsub(thumbnail, '"sha256":"%x*"', '"sha256":""')
  redis.call('HSET', media, 'thumbnail', unhashed)
end
redis.call('HDEL', media, 'original_sha256', 'handler', 'cost', 'fault', 'holder', 'given_back',
  'history', 'worker', 'handler_faults')
redis.call('ZREM', index, index_member(created_at_ms))
for _, list in pairs(list_of) do redis.call('ZREM', list, index_member(created_at_ms)) end
redis.call('ZREM', open, id)
if ARGV[3] ~= '0' then redis.call('PEXPIRE', media, ARGV[3]) end
redis.call('UNLINK', older_history)
return { 'deleted', before }
