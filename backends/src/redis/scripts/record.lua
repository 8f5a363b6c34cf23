-- What all scripts on one medium share. All its keys are in one slot.
-- ARGV goes on with the script's own arguments from 3.
local media, history, index, open = unpack(KEYS)
local channel, id = ARGV[1], ARGV[2]

-- How long a queue may keep a job before somebody should look after it.
local QUEUED_MS = 600000

local function fields(...)
  return unpack(redis.call('HMGET', media, ...))
end

local function index_member(created_at_ms)
  return string.format('%013.0f:%s', created_at_ms, id)
end

-- Extends a claim. The open set comes back to it when the lease is over.
local function hold(lease_ms)
  redis.call('HSET', media, 'lease_until_ms', now_ms + lease_ms)
  redis.call('ZADD', open, 'XX', now_ms + lease_ms, id)
end

-- Counts a write, keeps it in the history and tells it to those who listen.
local function written()
  local version = redis.call('HINCRBY', media, 'version', 1)
  redis.call('HSET', media, 'updated_at_ms', now_ms)
  local state, phase, service, message, code, attempts =
    fields('state', 'phase', 'service', 'message', 'code', 'attempts')
  redis.call('XADD', history, 'MAXLEN', 32, '*', 'version', version, 'state', state,
    'phase', phase, 'service', service, 'message', message, 'attempts', attempts)
  redis.call('PUBLISH', channel, table.concat({ id, version, state, code }, ' '))
end
