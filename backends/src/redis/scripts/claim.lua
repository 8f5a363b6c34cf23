-- ARGV: token, epoch, lease in ms, attempt budget, worker.
local token, lease_ms, budget = ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[6])
local state, epoch, attempts, holder, holds_end_only, lease_until_ms, worker =
  fields('state', 'epoch', 'attempts', 'holder', 'holds_end_only', 'lease_until_ms', 'worker')
if not state then return { 'absent' } end
if state == 'Deleted' then return { 'deleted' } end
if state ~= 'Processing' then return { 'final', redis.call('HGETALL', media) } end
if tonumber(ARGV[4]) < tonumber(epoch) then return { 'superseded' } end

attempts = tonumber(attempts)
local is_new = holder ~= token
if is_new then
  local remaining_ms = holder and lease_until_ms - now_ms or 0
  if remaining_ms > 0 then return { 'busy', remaining_ms } end
  holds_end_only = attempts >= budget and '1' or '0'
  if holds_end_only == '0' then attempts = attempts + 1 end
  redis.call('HSET', media, 'holder', token, 'holds_end_only', holds_end_only,
    'attempts', attempts, 'phase', 'running', 'service', 'worker', 'worker', ARGV[7])
  redis.call('HDEL', media, 'given_back')
  -- Whoever claims has the job from the queue.
  note_published()
end
hold(lease_ms)
if is_new then
  written(holder and 'nothing was heard of ' .. (worker or 'its worker') or '')
end
return { holds_end_only == '1' and 'exhausted' or 'granted', attempts }
