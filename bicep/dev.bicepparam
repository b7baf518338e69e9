using 'main.bicep'

// What differs between subscriptions comes from the environment: in the pipeline from the GitHub environment's variables.
// Only what may be left empty has a default; .github/scripts/check-variables.sh demands the rest.
param environmentName = 'dev'
param location = readEnvironmentVariable('AZURE_LOCATION')
param backupLocation = readEnvironmentVariable('BACKUP_LOCATION')
param owner = readEnvironmentVariable('OWNER')
param costCenter = readEnvironmentVariable('COST_CENTER')
param alertEmails = split(readEnvironmentVariable('ALERT_EMAILS'), ',')
param budgetStart = readEnvironmentVariable('BUDGET_START')
param mailSender = readEnvironmentVariable('MAIL_SENDER')
param mailWebhookPublicKey = readEnvironmentVariable('MAIL_WEBHOOK_PUBLIC_KEY')
param otlpEndpoint = readEnvironmentVariable('OTLP_ENDPOINT', '')
param databaseClientAddress = readEnvironmentVariable('DEVELOPER_ADDRESS', '')
param databaseAdministrators = [
  {
    objectId: readEnvironmentVariable('DATABASE_ADMIN_OBJECT_ID')
    name: readEnvironmentVariable('DATABASE_ADMIN_NAME')
    type: 'User'
  }
]

param privateNetwork = false
param zoneRedundant = false
param serviceBusSku = 'Standard'
param storageSku = 'Standard_LRS'
param recoveryDays = 7
param functionScaling = {
  instanceMemoryMB: 2048
  maximumInstances: 40
  alwaysReadyHttp: 0
  httpConcurrency: 50
  databaseConnections: 2
}
param databaseSizing = {
  skuName: 'Standard_B1ms'
  tier: 'Burstable'
  storageGb: 32
  backupDays: 7
  zoneRedundant: false
  geoBackup: false
}
param telemetry = {
  retentionDays: 30
  dailyCapGb: 1
  samplingPercentage: 100
}
param monthlyBudget = 100
