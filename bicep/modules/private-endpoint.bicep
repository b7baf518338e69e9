metadata name = 'Private endpoint'
metadata description = 'An address in the network for one service, and its name in the private DNS.'

@description('Name of the endpoint.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the service.')
param serviceId string

@description('Which part of the service.')
@allowed(['blob', 'queue', 'table', 'namespace', 'vault', 'postgresqlServer'])
param group string

@description('Subnet of the endpoints.')
param subnetId string

@description('Private DNS zone in which the clients of this service look.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: group
        properties: {
          privateLinkServiceId: serviceId
          groupIds: [group]
        }
      }
    ]
  }
}

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: group
        properties: {
          privateDnsZoneId: zoneId
        }
      }
    ]
  }
}
