-- ARGV: token, lease in ms.
local state, holder = fields('state', 'holder')
if state ~= 'Processing' or holder ~= ARGV[3] then return { 'lost' } end
hold(tonumber(ARGV[4]))
return { 'held' }
