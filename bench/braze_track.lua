-- Requests of 75 objects each for wrk: 30 attributes objects, 30 events, 15 purchases, over
-- BRAZE_USERS profiles. A few hundred bodies are made beforehand, so that making them is not what
-- is measured.
local users = tonumber(os.getenv("BRAZE_USERS") or "10000")
local bodies = {}
local kBodies = math.max(400, math.ceil(users / 75))

local function user() return string.format('"external_id":"user-%07d"', math.random(users)) end

local function body()
  local attributes, events, purchases = {}, {}, {}
  for i = 1, 30 do
    attributes[i] = string.format(
      '{%s,"first_name":"Ana","home_city":"Porto","plan":"gold","visits":%d}', user(), math.random(1000))
  end
  for i = 1, 30 do
    events[i] = string.format(
      '{%s,"name":"conversation_completed","time":"2026-01-02T03:04:05Z","properties":{"bot":"welcome","delivery_id":"%012d"}}',
      user(), math.random(1000000000))
  end
  for i = 1, 15 do
    purchases[i] = string.format(
      '{%s,"product_id":"sku-%d","currency":"EUR","price":2.5,"quantity":1,"time":"2026-01-02T03:04:05Z"}',
      user(), math.random(20))
  end
  return '{"attributes":[' .. table.concat(attributes, ",") .. '],"events":[' ..
    table.concat(events, ",") .. '],"purchases":[' .. table.concat(purchases, ",") .. ']}'
end

function init()
  math.randomseed(1)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer BENCH"
  for i = 1, kBodies do bodies[i] = wrk.format("POST", nil, nil, body()) end
end

local at = 0
function request()
  at = at % kBodies + 1
  return bodies[at]
end
