-- What all scripts on one medium share. All its keys are in one slot.
-- ARGV goes on with the script's own arguments from 3.
local media, older_history, index, open = unpack(KEYS)
local channel, id = ARGV[1], ARGV[2]

-- How many transitions of a medium are kept.
local HISTORY_KEPT = 32

local function fields(...)
  return unpack(redis.call('HMGET', media, ...))
end

local function index_member(created_at_ms)
  return string.format('%013.0f:%s', created_at_ms, id)
end

-- Notes that the job of the current epoch is in the queue.
local function note_published()
  local epoch, published_epoch = fields('epoch', 'published_epoch')
  if tonumber(published_epoch or 0) < tonumber(epoch) then
    redis.call('HSET', media, 'published_epoch', epoch, 'published_at_ms', now_ms)
  end
end

-- Extends a claim. The open set comes back to it when the lease is over.
local function hold(lease_ms)
  redis.call('HSET', media, 'lease_until_ms', now_ms + lease_ms)
  redis.call('ZADD', open, 'XX', now_ms + lease_ms, id)
end

-- Counts a write, keeps it in the history (see history.rs) and tells it to those who listen.
local function written(reason)
  local version = redis.call('HINCRBY', media, 'version', 1)
  local state, phase, service, code, epoch, attempts, worker, created_at_ms, history =
    fields('state', 'phase', 'service', 'code', 'epoch', 'attempts', 'worker', 'created_at_ms', 'history')
  local step = state == 'Processing' and phase or state
  local author = service == 'worker' and worker or '-'
  history = (history or '') .. table.concat({ version, now_ms - created_at_ms, step, service, epoch,
    attempts, author, reason or '' }, ' ') .. '\n'
  local surplus = version > HISTORY_KEPT and select(2, string.gsub(history, '\n', '')) - HISTORY_KEPT or 0
  for _ = 1, surplus do history = string.gsub(history, '^[^\n]*\n', '') end
  redis.call('HSET', media, 'updated_at_ms', now_ms, 'history', history)
  redis.call('PUBLISH', channel, table.concat({ id, version, state, code }, ' '))
end
