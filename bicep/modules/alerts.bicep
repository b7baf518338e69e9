metadata name = 'Alerts'
metadata description = 'What an operator is woken for. Each description says what was seen and, where a guide tells what to do, which.'

@description('Start of the alerts\' names.')
param prefix string

@description('Azure region, for alerts on logs.')
param location string

@description('Tags of every resource.')
param tags object

@description('Who is told.')
param actionGroupId string

@description('Application Insights.')
param insightsId string

@description('Log Analytics workspace.')
param workspaceId string

@description('Service Bus namespace.')
param serviceBusId string

@description('Database server.')
param databaseId string

@description('Host name of the application, asked by the availability test.')
param hostName string

// Each queue for itself: over all of them a full one would be lost in the average.
var everyQueue = [
  {
    name: 'EntityName'
    operator: 'Include'
    values: ['*']
  }
]

var metricRules = [
  {
    name: 'failed-requests'
    description: 'More than 20 requests failed in 15 minutes.'
    scope: insightsId
    namespace: 'microsoft.insights/components'
    metric: 'requests/failed'
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 20
    dimensions: []
    severity: 1
  }
  {
    name: 'dead-letters'
    description: 'A message was given up: look at it, mend the cause, send it again.'
    scope: serviceBusId
    namespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    dimensions: everyQueue
    severity: 2
  }
  {
    name: 'queue-backlog'
    description: 'More than 1000 messages wait in a queue: consumers fail or are too few.'
    scope: serviceBusId
    namespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'ActiveMessages'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 1000
    dimensions: everyQueue
    severity: 2
  }
  {
    name: 'database-processor'
    description: 'The database server computes at over 85 per cent.'
    scope: databaseId
    namespace: 'Microsoft.DBforPostgreSQL/flexibleServers'
    metric: 'cpu_percent'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 85
    dimensions: []
    severity: 2
  }
  {
    name: 'database-storage'
    description: 'The database\'s storage is over 85 per cent full.'
    scope: databaseId
    namespace: 'Microsoft.DBforPostgreSQL/flexibleServers'
    metric: 'storage_percent'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 85
    dimensions: []
    severity: 1
  }
  {
    name: 'database-alive'
    description: 'The database server does not answer.'
    scope: databaseId
    namespace: 'Microsoft.DBforPostgreSQL/flexibleServers'
    metric: 'is_db_alive'
    aggregation: 'Maximum'
    operator: 'LessThan'
    threshold: 1
    dimensions: []
    severity: 0
  }
]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for rule in metricRules: {
  name: '${prefix}-${rule.name}'
  location: 'global'
  tags: tags
  properties: {
    description: rule.description
    severity: rule.severity
    enabled: true
    autoMitigate: true
    scopes: [rule.scope]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: rule.name
          metricNamespace: rule.namespace
          metricName: rule.metric
          dimensions: rule.dimensions
          timeAggregation: rule.aggregation
          operator: rule.operator
          threshold: rule.threshold
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}]

var logRules = [
  {
    name: 'orchestrations-failed'
    description: 'An orchestration ended as Failed: its run is not finished and nobody else will finish it.'
    // The extension's log line, and the orchestration's own span.
    query: 'union (AppTraces | where Message contains "(Orchestrator)\' failed with an error"), (AppRequests | where Name startswith "orchestration:" and Success == false)'
    severity: 1
  }
  {
    name: 'secrets'
    description: 'A secret is expiring, expired, missing, or old and not rotated by itself; the log event 4021 names it. What to do: docs/guides/secrets.md, Rotate.'
    // Told once a day. The metric is never sampled away, the log event says which secret and where a new one comes from.
    query: 'union (AppMetrics | where Name == "toolbox.secrets.alerts" and Sum > 0), (AppTraces | where toint(Properties.EventId) == 4021)'
    severity: 2
  }
  {
    name: 'daily-cap'
    description: 'The daily cap of telemetry is reached: what comes later today is lost.'
    query: '_LogOperation | where Category == "Ingestion" and Operation has "Data collection stopped"'
    severity: 2
  }
]

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in logRules: {
  name: '${prefix}-${rule.name}'
  location: location
  tags: tags
  properties: {
    displayName: rule.name
    description: rule.description
    severity: rule.severity
    enabled: true
    autoMitigate: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    // Longer than the time between two looks: telemetry arrives some minutes late, and what is told once a day would fall in between.
    windowSize: 'PT30M'
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [actionGroupId]
    }
  }
}]

resource availabilityTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: '${prefix}-ready'
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: '${prefix}-ready'
    Name: 'ready'
    Description: 'Whether the application and what it needs answer, from five places.'
    Enabled: true
    Frequency: 300
    Timeout: 30
    Kind: 'standard'
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'emea-gb-db3-azr' }
      { Id: 'emea-se-sto-edge' }
      { Id: 'us-va-ash-azr' }
      { Id: 'us-ca-sjc-azr' }
    ]
    Request: {
      RequestUrl: 'https://${hostName}/api/health/ready'
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 14
    }
  }
}

resource availabilityAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${prefix}-unavailable'
  location: 'global'
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource', 'hidden-link:${availabilityTest.id}': 'Resource' })
  properties: {
    description: 'The application is not ready, seen from at least two places.'
    severity: 0
    enabled: true
    autoMitigate: true
    scopes: [availabilityTest.id, insightsId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: availabilityTest.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}
