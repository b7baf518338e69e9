metadata name = 'ToolboxAI'
metadata description = 'One environment, whole: what the application runs on, who is told when it does not, and what it may cost.'

targetScope = 'subscription'

import { environmentCodes, nameOf, storageNameOf, tokenOf } from 'modules/naming.bicep'
import { databaseAdministrator, databaseSize, functionScale, telemetryLimits } from 'modules/types.bicep'

@description('Which environment this is.')
@allowed(['dev', 'staging', 'production'])
param environmentName string

@description('Short name of the application, which stands in all names.')
@minLength(3)
@maxLength(10)
param application string = 'toolbox'

@description('Azure region. Flex Consumption must exist there: az functionapp list-flexconsumption-locations.')
param location string

@description('A second region, for the copies of the backups.')
param backupLocation string

@description('Who answers for the environment: tag owner.')
@minLength(1)
param owner string

@description('Who pays for it: tag costCenter.')
@minLength(1)
param costCenter string

@description('Who gets alerts and the budget\'s warnings.')
@minLength(1)
param alertEmails string[]

@description('Reach storage, queues, secrets and the database over private endpoints only; their public network is off then.')
param privateNetwork bool

@description('The first two numbers of the network\'s addresses; environments that are peered need different ones.')
param networkAddressStart string = '10.20'

@description('How the function app scales.')
param functionScaling functionScale

@description('Instances of the function app in several zones.')
param zoneRedundant bool

@description('How an update replaces instances.')
@allowed(['RollingUpdate', 'Recreate'])
param updateStrategy string = 'RollingUpdate'

@description('Service Bus: private endpoints need Premium.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string

@description('Copies of the content\'s and the host\'s blobs.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param storageSku string

@description('Days for which a deleted blob can be brought back; for backups as well.')
@minValue(1)
@maxValue(365)
param recoveryDays int

@description('Size of the database server.')
param databaseSizing databaseSize

@description('Entra principals that administer the database; the pipeline\'s is one.')
@minLength(1)
param databaseAdministrators databaseAdministrator[]

@description('A developer\'s address, from which the database is reached; only without a private network, empty for none.')
param databaseClientAddress string = ''

@description('Retention, cap and sampling of telemetry.')
param telemetry telemetryLimits

@description('Budget of a month, in the currency of the subscription.')
@minValue(1)
@maxValue(1000000)
param monthlyBudget int

@description('First day of the month from which the budget counts, e.g. 2026-01-01.')
param budgetStart string

@description('Verified sender of mail: an address, or Name <address>.')
@minLength(1)
param mailSender string

@description('The public key that SendGrid shows for the signed event webhook.')
@minLength(1)
param mailWebhookPublicKey string

@description('An OpenTelemetry endpoint that gets everything as well; empty for none.')
param otlpEndpoint string = ''

var code = environmentCodes[environmentName]
var token = tokenOf(subscription().subscriptionId, environmentName, location)
var tags = {
  application: application
  environment: environmentName
  owner: owner
  costCenter: costCenter
  managedBy: 'bicep'
  'azd-env-name': environmentName
}

// Every queue of the code. tests/Bicep compares this with the triggers and with Messaging__Queues.
var queues = [
  {
    name: 'email'
    lockDuration: 'PT1M'
    timeToLive: 'P14D'
    duplicateWindow: 'P1D'
    maxDeliveryCount: 10
  }
  {
    name: 'stripe-events'
    lockDuration: 'PT1M'
    timeToLive: 'P14D'
    duplicateWindow: 'P1D'
    maxDeliveryCount: 10
  }
  {
    name: 'deployments'
    lockDuration: 'PT1M'
    timeToLive: 'P14D'
    duplicateWindow: 'P1D'
    maxDeliveryCount: 10
  }
]

var packageContainer = 'packages'

resource environmentGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: nameOf('rg', application, code, token)
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  scope: environmentGroup
  params: {
    workspaceName: nameOf('log', application, code, token)
    insightsName: nameOf('appi', application, code, token)
    actionGroupName: nameOf('ag', application, code, token)
    location: location
    tags: tags
    limits: telemetry
    alertEmails: alertEmails
    publicQueries: true
  }
}

module identity 'modules/identity.bicep' = {
  scope: environmentGroup
  params: {
    name: nameOf('id', application, code, token)
    location: location
    tags: tags
  }
}

module hostStorage 'modules/storage.bicep' = {
  scope: environmentGroup
  params: {
    name: storageNameOf('host', application, code, token)
    location: location
    tags: tags
    sku: storageSku
    containers: [packageContainer]
    recoveryDays: recoveryDays
    coolAfterDays: 0
    publicNetwork: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module contentStorage 'modules/storage.bicep' = {
  scope: environmentGroup
  params: {
    name: storageNameOf('cont', application, code, token)
    location: location
    tags: tags
    sku: storageSku
    containers: ['deployments']
    recoveryDays: recoveryDays
    coolAfterDays: 90
    publicNetwork: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module backupStorage 'modules/storage.bicep' = {
  scope: environmentGroup
  params: {
    name: storageNameOf('back', application, code, token)
    location: location
    tags: tags
    sku: storageSku
    containers: []
    recoveryDays: recoveryDays
    coolAfterDays: 30
    publicNetwork: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module backupCopyStorage 'modules/storage.bicep' = {
  scope: environmentGroup
  params: {
    name: storageNameOf('copy', application, code, token)
    location: backupLocation
    tags: tags
    sku: 'Standard_LRS'
    containers: []
    recoveryDays: recoveryDays
    coolAfterDays: 1
    publicNetwork: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  scope: environmentGroup
  params: {
    name: nameOf('sb', application, code, token)
    location: location
    tags: tags
    sku: serviceBusSku
    queues: queues
    publicNetwork: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module keyVault 'modules/key-vault.bicep' = {
  scope: environmentGroup
  params: {
    name: nameOf('kv', application, code, token)
    location: location
    tags: tags
    publicNetwork: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module database 'modules/database.bicep' = {
  scope: environmentGroup
  params: {
    name: nameOf('psql', application, code, token)
    location: location
    tags: tags
    size: databaseSizing
    administrators: databaseAdministrators
    publicNetwork: !privateNetwork
    clientAddress: databaseClientAddress
    workspaceId: monitoring.outputs.workspaceId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: environmentGroup
  params: {
    name: nameOf('vnet', application, code, token)
    securityGroupName: nameOf('nsg', application, code, token)
    location: location
    tags: tags
    addressStart: networkAddressStart
    workspaceId: monitoring.outputs.workspaceId
  }
}

var serviceIds = {
  host: hostStorage.outputs.id
  cont: contentStorage.outputs.id
  back: backupStorage.outputs.id
  copy: backupCopyStorage.outputs.id
  bus: serviceBus.outputs.id
  vault: keyVault.outputs.id
  database: database.outputs.id
}

var endpoints = [
  { service: 'host', group: 'blob' }
  { service: 'host', group: 'queue' }
  { service: 'host', group: 'table' }
  { service: 'cont', group: 'blob' }
  { service: 'back', group: 'blob' }
  { service: 'copy', group: 'blob' }
  { service: 'bus', group: 'namespace' }
  { service: 'vault', group: 'vault' }
  { service: 'database', group: 'postgresqlServer' }
]

module privateEndpoints 'modules/private-endpoint.bicep' = [for endpoint in endpoints: if (privateNetwork) {
  scope: environmentGroup
  params: {
    name: nameOf('pep-${endpoint.service}-${endpoint.group}', application, code, token)
    location: location
    tags: tags
    serviceId: serviceIds[endpoint.service]
    group: endpoint.group
    subnetId: network!.outputs.endpointsSubnetId
    zoneId: network!.outputs.zoneIds[endpoint.group]
  }
}]

module roles 'modules/roles.bicep' = {
  scope: environmentGroup
  params: {
    principalId: identity.outputs.principalId
    hostStorageName: hostStorage.outputs.name
    contentStorageName: contentStorage.outputs.name
    backupStorageName: backupStorage.outputs.name
    backupCopyStorageName: backupCopyStorage.outputs.name
    serviceBusName: serviceBus.outputs.name
    keyVaultName: keyVault.outputs.name
    insightsName: monitoring.outputs.insightsName
  }
}

// What local.settings.sample.json names, as it is on Azure: connections by identity. Secrets are none of them: the application reads them from the vault.
var settings = {
  AzureWebJobsStorage__accountName: hostStorage.outputs.name
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.outputs.clientId
  ContentStorage__accountName: contentStorage.outputs.name
  ServiceBusConnection__fullyQualifiedNamespace: serviceBus.outputs.hostName
  ServiceBusConnection__credential: 'managedidentity'
  ServiceBusConnection__clientId: identity.outputs.clientId
  Messaging__Queues: join(map(queues, queue => queue.name), ',')
  DatabaseConnection: 'Host=${database.outputs.hostName};Database=${database.outputs.databaseName};Username=toolbox_app;SSL Mode=VerifyFull;Maximum Pool Size=${functionScaling.databaseConnections}'
  DatabaseAuthentication: 'entra'
  Secrets__RotateByItself: 'true'
  KeyVault__Uri: keyVault.outputs.uri
  KeyVault__ClientId: identity.outputs.clientId
  Stripe__ApiBase: ''
  Stripe__WebhookAddress: 'https://${nameOf('func', application, code, token)}.azurewebsites.net/api/v1/webhooks/stripe'
  SendGrid__ApiBase: ''
  SendGrid__WebhookPublicKey: mailWebhookPublicKey
  SendGrid__Sender: mailSender
  Roblox__ApiBase: ''
}

// What the platform itself reads.
var platformSettings = {
  AZURE_CLIENT_ID: identity.outputs.clientId
  AZURE_FUNCTIONS_ENVIRONMENT: environmentName
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
}

var exporterSettings = empty(otlpEndpoint) ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }

module functionApp 'modules/function-app.bicep' = {
  scope: environmentGroup
  params: {
    name: nameOf('func', application, code, token)
    planName: nameOf('plan', application, code, token)
    location: location
    tags: tags
    scale: functionScaling
    zoneRedundant: zoneRedundant
    updateStrategy: updateStrategy
    packageContainer: '${hostStorage.outputs.blobEndpoint}${packageContainer}'
    identityId: identity.outputs.id
    subnetId: privateNetwork ? network!.outputs.functionsSubnetId : ''
    settings: union(settings, platformSettings, exporterSettings)
    workspaceId: monitoring.outputs.workspaceId
  }
  // Without its rights the host would not start, nor find its package.
  dependsOn: [roles, privateEndpoints]
}

module alerts 'modules/alerts.bicep' = {
  scope: environmentGroup
  params: {
    prefix: nameOf('alert', application, code, token)
    location: location
    tags: tags
    actionGroupId: monitoring.outputs.actionGroupId
    insightsId: monitoring.outputs.insightsId
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    databaseId: database.outputs.id
    hostName: functionApp.outputs.hostName
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: environmentGroup
  params: {
    displayName: '${application} ${environmentName}'
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
  }
}

module budget 'modules/budget.bicep' = {
  scope: environmentGroup
  params: {
    name: nameOf('budget', application, code, token)
    amount: monthlyBudget
    startDate: budgetStart
    alertEmails: alertEmails
  }
}

@description('Resource group of the environment.')
output resourceGroupName string = environmentGroup.name

@description('Name of the function app, to which the package is published.')
output functionAppName string = functionApp.outputs.name

@description('Host name of the application.')
output functionAppHostName string = functionApp.outputs.hostName

@description('Host name of the database server.')
output databaseHostName string = database.outputs.hostName

@description('Object id of the application\'s identity, for its login in the database.')
output identityPrincipalId string = identity.outputs.principalId

@description('Name of the vault, into which an operator writes the secrets.')
output keyVaultName string = keyVault.outputs.name
