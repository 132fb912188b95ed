-- Sends what the words behind the URL say, method and body, and ends with one line of JSON. In a body and in the
-- `Authorization`, {n} is another number each time.
function init(args)
  wrk.method = args[1]
  if args[2] ~= "" then wrk.body = args[2] end
  local count = math.floor(args[3] or 0)
  local key = wrk.headers["Authorization"]
  if args[2] and args[2]:find("{n}", 1, true) then
    request = function()
      count = count + 1
      return wrk.format(nil, nil, nil, (wrk.body:gsub("{n}", tostring(count))))
    end
  elseif key and key:find("{n}", 1, true) then
    request = function()
      count = count + 1
      wrk.headers["Authorization"] = key:gsub("{n}", tostring(count))
      return wrk.format()
    end
  end
end

function done(summary)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"seconds":%f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
