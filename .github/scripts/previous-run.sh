#!/usr/bin/env sh
# Prints the run of deploy.yml whose package a rollback publishes: the newest successful one before the deployment that is taken
# back. That one is the run this is part of, or else, when a person starts the rollback, the newest successful one: a run that failed was
# never in production, or took itself back.
set -eu
run=$(gh run list --workflow deploy.yml --branch main --limit 50 --json databaseId,status,conclusion | jq --raw-output --argjson current "${GITHUB_RUN_ID:-0}" '
  (map(.databaseId) | index($current)) as $here
  | (if $here then .[$here + 1:] else . end)
  | map(select(.conclusion == "success"))[if $here then 0 else 1 end].databaseId // empty')
[ -n "$run" ] || { echo "There is no earlier successful deployment whose package could be published." >&2; exit 1; }
echo "$run"
