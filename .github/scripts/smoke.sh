#!/usr/bin/env sh
# Whether the application answers and can work: alive, ready, and its description is there. Five minutes at most, since instances start anew.
set -eu
: "${functionAppHostName:?an output of bicep/main.bicep}"
address="https://$functionAppHostName/api"
tries=30
for path in health/live health/ready v1/openapi.json; do
  until curl --fail --silent --show-error --max-time 20 --output /dev/null "$address/$path"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "$address/$path does not answer as it should." >&2; exit 1; }
    sleep 10
  done
  echo "$address/$path answers."
done
