metadata name = 'Service Bus'
metadata description = 'The namespace and every queue of the code.'

import { queueSettings } from 'types.bicep'

@description('Name of the namespace.')
@minLength(6)
@maxLength(50)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Premium has private endpoints and capacity of its own.')
@allowed(['Standard', 'Premium'])
param sku string

@description('Every queue.')
param queues queueSettings[]

@description('Whether the namespace is reached over the public network; only Premium can close it.')
param publicNetwork bool

@description('Where logs and metrics go.')
param workspaceId string

resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    capacity: sku == 'Premium' ? 1 : null
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: publicNetwork ? 'Enabled' : 'Disabled'
    premiumMessagingPartitions: sku == 'Premium' ? 1 : null
  }
}

resource queueResources 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' = [for queue in queues: {
  parent: namespace
  name: queue.name
  properties: {
    lockDuration: queue.lockDuration
    defaultMessageTimeToLive: queue.timeToLive
    deadLetteringOnMessageExpiration: true
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: queue.duplicateWindow
    maxDeliveryCount: queue.maxDeliveryCount
    requiresSession: false
  }
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the namespace.')
output id string = namespace.id

@description('Name of the namespace.')
output name string = namespace.name

@description('Host name, to which identity-based connections go.')
output hostName string = '${namespace.name}.servicebus.windows.net'
