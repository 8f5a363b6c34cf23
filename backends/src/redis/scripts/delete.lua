-- ARGV: how long the tombstone stays, in ms, or 0 for ever, the token of this request, and the version that the
-- record must have, or nothing.
-- The tombstone outlives every message that may still come. It keeps what names the files and who asked, and nothing
-- else, so that the repeat of a request whose reply was lost still learns what to delete.
local state, created_at_ms, media_type, thumbnail, deleted_by, version =
  fields('state', 'created_at_ms', 'media_type', 'thumbnail', 'deleted_by', 'version')
if not state then return { 'absent' } end
if state == 'Deleted' then
  if deleted_by ~= ARGV[4] then return { 'absent' } end
  -- What the tombstone does not know. The last value of a field is the one that counts.
  local before = { 'service', 'webserver', 'phase', 'done', 'message', '', 'code', 404, 'version', version or 0,
    'epoch', 1, 'attempts', 0, 'created_at_ms', 0, 'updated_at_ms', 0, 'original_bytes', 0 }
  for _, word in ipairs(redis.call('HGETALL', media)) do table.insert(before, word) end
  local state_before = redis.call('HGET', media, 'state_before')
  for _, word in ipairs({ 'state', state_before, 'original_sha256', '' }) do
    table.insert(before, word)
  end
  return { 'deleted', before }
end
if ARGV[5] ~= '' and version ~= ARGV[5] then return { 'absent' } end
local before = redis.call('HGETALL', media)
redis.call('HSET', media, 'state', 'Deleted', 'phase', 'done', 'code', 404)
written()
redis.call('DEL', media)
redis.call('HSET', media, 'state', 'Deleted', 'state_before', state, 'deleted_by', ARGV[4],
  'media_type', media_type or '')
if thumbnail then
  local unhashed = string.gsub(thumbnail, '"sha256":"%x*"', '"sha256":""')
  redis.call('HSET', media, 'thumbnail', unhashed)
end
redis.call('ZREM', index, index_member(created_at_ms))
for _, list in pairs(list_of) do redis.call('ZREM', list, index_member(created_at_ms)) end
redis.call('ZREM', open, id)
if ARGV[3] ~= '0' then redis.call('PEXPIRE', media, ARGV[3]) end
redis.call('UNLINK', older_history)
return { 'deleted', before }
