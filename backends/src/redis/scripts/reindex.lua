-- ARGV: the entry of a medium that was found in a list.
-- Puts it into the lists that the record belongs to, and takes it out of all others.
local entry = ARGV[3]
local state, created_at_ms = fields('state', 'created_at_ms')
local is_listed = list_of[state] ~= nil and index_member(created_at_ms) == entry

local function put(list, belongs)
  if belongs then redis.call('ZADD', list, 0, entry) else redis.call('ZREM', list, entry) end
end

put(index, is_listed)
for word, list in pairs(list_of) do put(list, is_listed and word == state) end
return { 'indexed' }
