-- ARGV: epoch. Changes nothing that anybody sees: it gives the workers time to claim the job.
local state, epoch, holder, lease_until_ms =
  fields('state', 'epoch', 'holder', 'lease_until_ms')
if state == 'Processing' and epoch == ARGV[3] then
  note_published()
  if not holder or tonumber(lease_until_ms) <= now_ms then
    redis.call('ZADD', open, 'XX', now_ms + UNCLAIMED_MS, id)
  end
end
return { 'noted' }
