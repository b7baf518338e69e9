#!/usr/bin/env sh
# An operator's key of an environment: the first one or, with OLD_OPERATOR_KEY (an id or the SHA-256 of a secret), one in that one's
# place. With OPERATOR_KEY_SHA256, the key whose secret has that hash: what the pipeline does, whose log must not hold a secret. Without
# it, a new one, printed once. Whoever runs this is signed in with az as the database's Entra administrator, and reaches the server. What
# the application wants to know of beside the database is named and not used.
set -eu
: "${databaseHostName:?an output of bicep/main.bicep}" "${keyVaultName:?an output of bicep/main.bicep}" "${DATABASE_ADMIN_NAME:?who runs this, by its name in Entra}"
[ -z "${GITHUB_ACTIONS:-}" ] || : "${OPERATOR_KEY_SHA256:?the hash of the new key, which would be printed into the log otherwise}"

DatabaseConnection="Host=$databaseHostName;Database=toolbox;Username=$DATABASE_ADMIN_NAME;SSL Mode=VerifyFull"
export DatabaseConnection DatabaseAuthentication=entra AZURE_TOKEN_CREDENTIALS=AzureCliCredential KeyVault__Uri="https://$keyVaultName.vault.azure.net/"
export ServiceBusConnection__fullyQualifiedNamespace=unused.invalid
if [ -n "${OLD_OPERATOR_KEY:-}" ]; then set -- --replace-operator-key "$OLD_OPERATOR_KEY"; else set -- --create-operator-key; fi
dotnet run --project functions --no-launch-profile -- "$@" ${OPERATOR_KEY_SHA256:+"$OPERATOR_KEY_SHA256"}
