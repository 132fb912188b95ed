#!/bin/sh
# The command of the image. `start` wakes from its start-up snapshot, which takes two thirds of the time, unless the build could
# make none, or NODE_OPTIONS say something: what wakes does not hear all of them.
# It is run by its path.
app=${0%/*}/..
blob=$app/dist/startup.blob
if [ -z "$NODE_OPTIONS" ] && [ -f "$blob" ]; then
  case ${1-start} in
    start | -*) exec node --snapshot-blob "$blob" "$app/dist/cli/main.js" "$@" ;;
  esac
fi
exec node "$app/dist/cli/main.js" "$@"
