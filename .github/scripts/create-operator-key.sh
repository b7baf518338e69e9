#!/usr/bin/env sh
# The first operator's key of an environment. With OPERATOR_KEY_SHA256, the key whose secret has that hash: what the pipeline does.
# Without it, a new one, printed once. Whoever runs this is signed in with az as the database's Entra administrator, and reaches the
# server. What the application wants to know of beside the database is named and not used.
set -eu
: "${databaseHostName:?an output of bicep/main.bicep}" "${keyVaultName:?an output of bicep/main.bicep}" "${DATABASE_ADMIN_NAME:?who runs this, by its name in Entra}"

DatabaseConnection="Host=$databaseHostName;Database=toolbox;Username=$DATABASE_ADMIN_NAME;SSL Mode=VerifyFull"
export DatabaseConnection DatabaseAuthentication=entra AZURE_TOKEN_CREDENTIALS=AzureCliCredential KeyVault__Uri="https://$keyVaultName.vault.azure.net/"
export ServiceBusConnection__fullyQualifiedNamespace=unused.invalid
dotnet run --project functions --no-launch-profile -- --create-operator-key ${OPERATOR_KEY_SHA256:+"$OPERATOR_KEY_SHA256"}
