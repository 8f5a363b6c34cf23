-- ARGV: an entry that the medium was found under in a list, or nothing.
-- Puts the medium into the lists that its record belongs to and takes it out of all others, and the same with the
-- set of open media, in which it is due at once. Tells whether anything was wrong.
local found = ARGV[3]
local state, created_at_ms = fields('state', 'created_at_ms')
local is_listed = list_of[state] ~= nil
local own = is_listed and index_member(created_at_ms) or found
local changes = 0

local function put(set, score, member, belongs)
  if belongs then
    changes = changes + redis.call('ZADD', set, 'NX', score, member)
  else
    changes = changes + redis.call('ZREM', set, member)
  end
end

put(index, 0, own, is_listed)
for word, list in pairs(list_of) do put(list, 0, own, is_listed and word == state) end
if found ~= own then
  put(index, 0, found, false)
  for _, list in pairs(list_of) do put(list, 0, found, false) end
end
put(open, now_ms, id, state == 'Processing')
return { changes > 0 and 'mended' or 'right' }
