metadata name = 'Workbook'
metadata description = 'One page that shows how the application is.'

@description('What the portal calls it.')
param displayName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Application Insights, whose data it shows.')
param insightsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(insightsId, 'overview')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: insightsId
    serializedData: loadTextContent('workbook.json')
  }
}
