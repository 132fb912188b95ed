#!/usr/bin/env bash
# The health check of the image: `credits-emulator healthcheck` without a start of node, which costs a hundred times as much,
# and that while the emulator starts on the same processor.
for port in "$CREDITS_EMULATOR_CONTROL" "$CREDITS_EMULATOR_PORT" "$PORT" 4620; do
  [[ $port =~ ^[1-9][0-9]*$ ]] && break
done
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
authorization=${CREDITS_EMULATOR_CONTROL_TOKEN:+Authorization: Bearer $CREDITS_EMULATOR_CONTROL_TOKEN$'\r\n'}
printf 'GET /_emulator/health HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n%sConnection: close\r\n\r\n' "$port" "$authorization" >&3
IFS= read -r -t 4 status <&3
[[ $status == 'HTTP/1.1 200 '* ]] && exit 0
# `docker inspect` shows it.
echo "$status"
cat <&3
exit 1
