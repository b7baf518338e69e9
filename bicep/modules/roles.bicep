metadata name = 'Roles'
metadata description = 'Everything that the application\'s identity may do, in one table.'

@description('Object id of the identity.')
param principalId string

@description('Account of the Functions host: its locks, keys, deployment packages and the state of Durable Functions.')
param hostStorageName string

@description('Account of the content.')
param contentStorageName string

@description('Account of the backups.')
param backupStorageName string

@description('Account of the backups\' copies, in the second region.')
param backupCopyStorageName string

@description('Service Bus namespace.')
param serviceBusName string

@description('Key Vault.')
param keyVaultName string

@description('Application Insights.')
param insightsName string

// Built-in roles: learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  busSender: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
  busReceiver: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
  secretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

// The table. The database is not in it: its rights are PostgreSQL's own (bicep/database/logins.sql).
var grants = [
  { on: 'hostStorage', role: 'blobOwner', why: 'locks, keys and packages of the host; its leases need the owner' }
  { on: 'hostStorage', role: 'queueContributor', why: 'work items of Durable Functions' }
  { on: 'hostStorage', role: 'tableContributor', why: 'history of Durable Functions' }
  { on: 'contentStorage', role: 'blobContributor', why: 'files of the schools and studios' }
  { on: 'backupStorage', role: 'blobContributor', why: 'writes backups and reads them for a restore' }
  { on: 'backupCopyStorage', role: 'blobContributor', why: 'writes the copies and reads them when a region is lost' }
  { on: 'serviceBus', role: 'busSender', why: 'the outbox sends' }
  { on: 'serviceBus', role: 'busReceiver', why: 'the queue functions receive' }
  { on: 'keyVault', role: 'secretsOfficer', why: 'reads the secrets, and writes the versions of a rotation' }
  { on: 'insights', role: 'metricsPublisher', why: 'telemetry without a key' }
]

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: hostStorageName
}

resource contentStorage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: contentStorageName
}

resource backupStorage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: backupStorageName
}

resource backupCopyStorage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: backupCopyStorageName
}

resource serviceBus 'Microsoft.ServiceBus/namespaces@2026-01-01' existing = {
  name: serviceBusName
}

resource keyVault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: keyVaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

var hostStorageGrants = filter(grants, grant => grant.on == 'hostStorage')
var contentStorageGrants = filter(grants, grant => grant.on == 'contentStorage')
var backupStorageGrants = filter(grants, grant => grant.on == 'backupStorage')
var backupCopyStorageGrants = filter(grants, grant => grant.on == 'backupCopyStorage')
var serviceBusGrants = filter(grants, grant => grant.on == 'serviceBus')
var keyVaultGrants = filter(grants, grant => grant.on == 'keyVault')
var insightsGrants = filter(grants, grant => grant.on == 'insights')

resource onHostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in hostStorageGrants: {
  scope: hostStorage
  name: guid(hostStorage.id, principalId, roles[grant.role])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
    description: grant.why
  }
}]

resource onContentStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in contentStorageGrants: {
  scope: contentStorage
  name: guid(contentStorage.id, principalId, roles[grant.role])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
    description: grant.why
  }
}]

resource onBackupStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in backupStorageGrants: {
  scope: backupStorage
  name: guid(backupStorage.id, principalId, roles[grant.role])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
    description: grant.why
  }
}]

resource onBackupCopyStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in backupCopyStorageGrants: {
  scope: backupCopyStorage
  name: guid(backupCopyStorage.id, principalId, roles[grant.role])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
    description: grant.why
  }
}]

resource onServiceBus 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in serviceBusGrants: {
  scope: serviceBus
  name: guid(serviceBus.id, principalId, roles[grant.role])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
    description: grant.why
  }
}]

resource onKeyVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in keyVaultGrants: {
  scope: keyVault
  name: guid(keyVault.id, principalId, roles[grant.role])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
    description: grant.why
  }
}]

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in insightsGrants: {
  scope: insights
  name: guid(insights.id, principalId, roles[grant.role])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
    description: grant.why
  }
}]
