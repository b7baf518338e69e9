#!/usr/bin/env sh
# Ten minutes of looking at what was just deployed: three looks in a row at which it is not ready, and the deployment has failed.
set -eu
: "${functionAppHostName:?an output of bicep/main.bicep}"
bad=0
minute=0
while [ "$minute" -lt 10 ]; do
  if curl --fail --silent --max-time 20 --output /dev/null "https://$functionAppHostName/api/health/ready"; then bad=0; else bad=$((bad + 1)); fi
  [ "$bad" -lt 3 ] || { echo "Not ready for three minutes." >&2; exit 1; }
  sleep 60
  minute=$((minute + 1))
done
echo "Ready for ten minutes."
