metadata name = 'Identity'
metadata description = 'The one identity of the application; what it may do stands in roles.bicep.'

@description('Name of the identity.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id, by which resources are told to use it.')
output id string = identity.id

@description('Client id, by which the SDKs choose it.')
output clientId string = identity.properties.clientId

@description('Object id, to which roles are granted.')
output principalId string = identity.properties.principalId
