metadata name = 'Database'
metadata description = 'PostgreSQL Flexible Server, entered with tokens of Entra only.'

import { databaseAdministrator, databaseSize } from 'types.bicep'

@description('Name of the server.')
@minLength(3)
@maxLength(63)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Compute, storage, backups.')
param size databaseSize

@description('Entra principals that administer the server; the pipeline that runs the migrations is one.')
@minLength(1)
param administrators databaseAdministrator[]

@description('Whether the server is reached over the public network.')
param publicNetwork bool

@description('An address outside Azure that reaches the server over the public network; empty for none.')
param clientAddress string

@description('Where logs and metrics go.')
param workspaceId string

// Logical replication feeds the blue-green migrations. wal_level and max_replication_slots count from the next restart on: docs/guides/deploy.md.
var parameters = [
  {
    name: 'wal_level'
    value: 'logical'
  }
  {
    name: 'max_replication_slots'
    value: '10'
  }
  {
    name: 'require_secure_transport'
    value: 'on'
  }
  {
    name: 'ssl_min_protocol_version'
    value: 'TLSv1.2'
  }
  {
    name: 'log_min_duration_statement'
    value: '1000'
  }
]

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: size.skuName
    tier: size.tier
  }
  properties: {
    version: '17'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    backup: {
      backupRetentionDays: size.backupDays
      geoRedundantBackup: size.geoBackup ? 'Enabled' : 'Disabled'
    }
    highAvailability: {
      mode: size.zoneRedundant ? 'ZoneRedundant' : 'Disabled'
    }
    maintenanceWindow: {
      customWindow: 'Enabled'
      dayOfWeek: 0
      startHour: 3
      startMinute: 0
    }
    network: {
      publicNetworkAccess: publicNetwork ? 'Enabled' : 'Disabled'
    }
    storage: {
      autoGrow: 'Enabled'
      storageSizeGB: size.storageGb
    }
  }
}

// One after the other: the server refuses two changes at once.
@batchSize(1)
resource configurations 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = [for parameter in parameters: {
  parent: server
  name: parameter.name
  properties: {
    value: parameter.value
    source: 'user-override'
  }
}]

@batchSize(1)
resource entraAdministrators 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = [for administrator in administrators: {
  parent: server
  name: administrator.objectId
  properties: {
    principalName: administrator.name
    principalType: administrator.type
    tenantId: tenant().tenantId
  }
  dependsOn: [configurations]
}]

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: 'toolbox'
  properties: {
    charset: 'UTF8'
    collation: 'en_US.utf8'
  }
  dependsOn: [entraAdministrators]
}

// 0.0.0.0 stands for "any service on Azure": the application has no fixed address without a network of its own.
resource azureServices 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = if (publicNetwork) {
  parent: server
  name: 'azure-services'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
  dependsOn: [database]
}

resource client 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = if (publicNetwork && !empty(clientAddress)) {
  parent: server
  name: 'client'
  properties: {
    startIpAddress: clientAddress
    endIpAddress: clientAddress
  }
  dependsOn: [azureServices]
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
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

@description('Resource id of the server.')
output id string = server.id

@description('Host name of the server.')
output hostName string = server.properties.fullyQualifiedDomainName

@description('Name of the database.')
output databaseName string = database.name
