-- Sends the method and body that follow the URL, and ends with one line of JSON. In the body, {n} is another number each time.
function init(args)
  wrk.method = args[1]
  if args[2] ~= "" then wrk.body = args[2] end
  local count = math.floor(args[3] or 0)
  if args[2] and args[2]:find("{n}", 1, true) then
    request = function()
      count = count + 1
      return wrk.format(nil, nil, nil, (wrk.body:gsub("{n}", tostring(count))))
    end
  end
end

function done(summary)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"refused":%d,"broken":%d}\n',
    summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
