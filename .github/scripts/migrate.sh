#!/usr/bin/env sh
# The database of an environment: the logins, then every migration that it has not had. Whoever runs this is signed in with az
# as the database's Entra administrator, and reaches the server.
set -eu
: "${databaseHostName:?an output of bicep/main.bicep}" "${identityPrincipalId:?an output of bicep/main.bicep}" "${DATABASE_ADMIN_NAME:?who runs this, by its name in Entra}"

PGPASSWORD=$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)
export PGPASSWORD
PGSSLMODE=verify-full PGSSLROOTCERT=system PGOPTIONS="-c toolbox.identity=$identityPrincipalId" \
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --host "$databaseHostName" --dbname postgres --username "$DATABASE_ADMIN_NAME" --file bicep/database/logins.sql

dotnet run --project local/Services -- --migrate shared/Data/Migrations \
  --database "Host=$databaseHostName;Database=toolbox;Username=$DATABASE_ADMIN_NAME;SSL Mode=VerifyFull"
