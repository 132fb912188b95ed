-- Sends what the words behind the URL say, method and body, and ends with one line of JSON.
function init(args)
  wrk.method = args[1]
  if args[2] ~= "" then wrk.body = args[2] end
end

function done(summary)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"seconds":%f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
