using 'main.bicep'

// What differs between subscriptions comes from the environment: in the pipeline from the GitHub environment's variables.
// Only what may be left empty has a default; .github/scripts/check-variables.sh demands the rest.
param environmentName = 'production'
param location = readEnvironmentVariable('AZURE_LOCATION')
param backupLocation = readEnvironmentVariable('BACKUP_LOCATION')
param owner = readEnvironmentVariable('OWNER')
param costCenter = readEnvironmentVariable('COST_CENTER')
param alertEmails = split(readEnvironmentVariable('ALERT_EMAILS'), ',')
param budgetStart = readEnvironmentVariable('BUDGET_START')
param mailSender = readEnvironmentVariable('MAIL_SENDER')
param mailWebhookPublicKey = readEnvironmentVariable('MAIL_WEBHOOK_PUBLIC_KEY')
param otlpEndpoint = readEnvironmentVariable('OTLP_ENDPOINT', '')
param databaseAdministrators = [
  {
    objectId: readEnvironmentVariable('DATABASE_ADMIN_OBJECT_ID')
    name: readEnvironmentVariable('DATABASE_ADMIN_NAME')
    type: 'ServicePrincipal'
  }
]

param privateNetwork = true
param zoneRedundant = true
param serviceBusSku = 'Premium'
param storageSku = 'Standard_GZRS'
param recoveryDays = 35
param functionScaling = {
  instanceMemoryMB: 2048
  maximumInstances: 100
  alwaysReadyHttp: 2
  httpConcurrency: 50
  databaseConnections: 3
}
param databaseSizing = {
  skuName: 'Standard_D2ds_v5'
  tier: 'GeneralPurpose'
  storageGb: 128
  backupDays: 35
  zoneRedundant: true
  geoBackup: true
}
param telemetry = {
  retentionDays: 90
  dailyCapGb: 10
  samplingPercentage: 50
}
param monthlyBudget = 2000
