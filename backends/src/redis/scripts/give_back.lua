-- ARGV: token, `retrying` or `queued`, the reason for the history, and for `retrying` the message and who is
-- to blame.
-- `queued` takes the attempt back. The token stays on record, so that its repeat is known.
local token, phase = ARGV[3], ARGV[4]
local state, holder, holds_end_only, given_back =
  fields('state', 'holder', 'holds_end_only', 'given_back')
if state ~= 'Processing' then return { 'lost' } end
if holder ~= token then return { given_back == token and 'held' or 'lost' } end

redis.call('HDEL', media, 'holder', 'holds_end_only', 'lease_until_ms')
redis.call('HSET', media, 'given_back', token, 'phase', phase, 'service', 'worker')
if phase == 'retrying' then
  redis.call('HSET', media, 'message', ARGV[6])
  if ARGV[7] == 'handler' then redis.call('HINCRBY', media, 'handler_faults', 1) end
elseif holds_end_only ~= '1' then
  redis.call('HINCRBY', media, 'attempts', -1)
end
redis.call('ZADD', open, 'XX', now_ms + UNCLAIMED_MS, id)
written(ARGV[5])
return { 'held' }
