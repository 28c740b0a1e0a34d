-- An exact cache of whole answers, in Redis. What is kept is what the model would say again: completions at temperature 0 or with a
-- seed, not streamed. Whatever goes wrong here, a model server is asked as if there were no cache.
local socket = os.getenv("CACHE_SOCKET")
local seconds = os.getenv("CACHE_SECONDS")
local largest = tonumber(os.getenv("CACHE_LARGEST")) -- bytes of an answer
local patience = 0.25 -- seconds for each step of a talk to Redis, which takes well under a millisecond
local deepest = 64

-- JSON is read without being understood: numbers and strings stay the text that they are, so that no two requests become one because a
-- number was rounded or an empty list taken for an empty object. Readers give nil on what is no JSON, or differs from reader to reader.
local read_value

local function skip(text, at)
  return text:match("^[ \t\r\n]*()", at)
end

local function read_string(text, at)
  local stop = at + 1
  while true do
    stop = text:find('["\\]', stop)
    if not stop then return nil end
    if text:sub(stop, stop) == '"' then return text:sub(at, stop), stop + 1 end
    stop = stop + 2
  end
end

-- What is between brackets: read_one is called at each item, until the closing one. Gives the place after it.
local function read_list(text, at, closing, read_one)
  at = skip(text, at + 1)
  if text:sub(at, at) == closing then return at + 1 end
  while true do
    at = read_one(at)
    if not at then return nil end
    at = skip(text, at)
    local mark = text:sub(at, at)
    if mark == closing then return at + 1 end
    if mark ~= "," then return nil end
    at = skip(text, at + 1)
  end
end

-- {name: value}, and the place after it. A name that is there twice, or written with escapes, may be another one for the server.
local function read_members(text, at, depth)
  local members = {}
  local after = read_list(text, at, "}", function(place)
    local name, colon = text:match('^("[^"\\]*")[ \t\r\n]*()', place)
    if not name or members[name] or text:sub(colon, colon) ~= ":" then return nil end
    local value, next_place = read_value(text, skip(text, colon + 1), depth + 1)
    members[name] = value
    return next_place
  end)
  return after and members, after
end

-- The members in one order, and no space between.
local function canonical(members)
  local names, out = {}, {}
  for name in pairs(members) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do out[i] = name .. ":" .. members[name] end
  return "{" .. table.concat(out, ",") .. "}"
end

-- The canonical text of a value, and the place after it.
function read_value(text, at, depth)
  local first = text:sub(at, at)
  if depth > deepest then return nil end
  if first == '"' then return read_string(text, at) end
  if first == "{" then
    local members, after = read_members(text, at, depth)
    return members and canonical(members), after
  end
  if first == "[" then
    local items = {}
    local after = read_list(text, at, "]", function(place)
      local next_place
      items[#items + 1], next_place = read_value(text, place, depth + 1)
      return next_place
    end)
    return after and "[" .. table.concat(items, ",") .. "]", after
  end
  return text:match("^([%w.+-]+)()", at)
end

-- The members of a text that is one whole object.
local function read_object(text)
  local at = skip(text, 1)
  if text:sub(at, at) ~= "{" then return nil end
  local members, after = read_members(text, at, 1)
  return members and skip(text, after) == #text + 1 and members
end

-- llama.cpp takes -1 and 4294967295, vLLM -1, for "another seed each time".
local function is_repeatable(request)
  local stream, temperature, seed = request['"stream"'] or "false", request['"temperature"'] or "", request['"seed"'] or ""
  if stream ~= "false" and stream ~= "null" then return false end
  return tonumber(temperature) == 0 or (seed:find("^%d+$") ~= nil and tonumber(seed) < 4294967295)
end

-- Sends a command; gives the text that Redis answers with, nil where it has none, is too slow or not there.
local function redis(...)
  local words = { ... }
  local command = { "*" .. #words .. "\r\n" }
  for i, word in ipairs(words) do command[i + 1] = "$" .. #word .. "\r\n" .. word .. "\r\n" end
  local connection, answer = core.tcp(), nil
  connection:settimeout(patience)
  if connection:connect("unix@" .. socket) and connection:send(table.concat(command)) then
    local head = connection:receive("*l")
    local length = tonumber(head and head:match("^%$(%d+)"))
    answer = length and length <= largest and connection:receive(length) or nil
  end
  connection:close()
  return answer
end

-- Who may ask the model may have its answer: the keys that a server asks for are a part of the key here. The key is a hash, so that
-- no prompt is to be read in it.
local function find(txn)
  local request = read_object(txn.sf:req_body())
  if not request or not is_repeatable(request) then return end
  local who = txn.sf:req_fhdr("Authorization") .. "\0" .. txn.sf:req_fhdr("X-Api-Key")
  local key = txn.c:hex(txn.c:sha2(who .. "\0" .. txn.sf:pathq() .. "\0" .. canonical(request), 256))
  local answer = redis("GET", key)
  if answer then
    local reply = txn:reply({ status = 200, body = answer })
    reply:add_header("Content-Type", "application/json")
    reply:add_header("X-Cache", "hit")
    txn:done(reply)
  end
  txn:set_var("txn.cache_key", key)
end

-- An answer that was cut off is no whole object.
local function keep(txn)
  local text = txn.sf:res_body()
  local answer = #text <= largest and read_object(text)
  if answer and answer['"choices"'] then redis("SET", txn:get_var("txn.cache_key"), text, "EX", seconds) end
end

core.register_action("cache_find", { "http-req" }, find, 0)
core.register_action("cache_keep", { "http-res" }, keep, 0)
