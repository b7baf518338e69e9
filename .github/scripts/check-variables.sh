#!/usr/bin/env sh
# Names every variable that an environment needs and that is not set, before anything is deployed.
set -eu
missing=""
for name in AZURE_LOCATION BACKUP_LOCATION OWNER COST_CENTER ALERT_EMAILS BUDGET_START MAIL_SENDER MAIL_WEBHOOK_PUBLIC_KEY DATABASE_ADMIN_OBJECT_ID DATABASE_ADMIN_NAME; do
  eval "value=\${$name:-}"
  [ -n "$value" ] || missing="$missing $name"
done
[ -z "$missing" ] || { echo "Not set:$missing. docs/guides/deploy.md says what they are." >&2; exit 1; }
