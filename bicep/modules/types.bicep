metadata name = 'Types'
metadata description = 'The shapes that modules pass to each other.'

@export()
@sealed()
@description('A Service Bus queue, with everything that a consumer relies on. Durations are ISO 8601.')
type queueSettings = {
  @description('Its name, as the code says it.')
  @minLength(1)
  @maxLength(260)
  name: string

  @description('How long a consumer holds a message before it goes to another: PT5S to PT5M.')
  @minLength(3)
  lockDuration: string

  @description('How long a message may wait before it is dead-lettered.')
  @minLength(3)
  timeToLive: string

  @description('Within this time a message id is accepted once: PT20S to P7D.')
  @minLength(3)
  duplicateWindow: string

  @description('After so many deliveries a message is dead-lettered.')
  @minValue(1)
  @maxValue(2000)
  maxDeliveryCount: int
}

@export()
@sealed()
@description('The size of the database server.')
type databaseSize = {
  @description('Compute size, e.g. Standard_D2ds_v5.')
  @minLength(1)
  skuName: string

  @description('Its tier, which the size belongs to.')
  tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'

  @description('GiB; it grows by itself and never shrinks.')
  @minValue(32)
  @maxValue(16384)
  storageGb: int

  @description('Days for which any second can be restored.')
  @minValue(7)
  @maxValue(35)
  backupDays: int

  @description('A standby in another zone takes over within two minutes; not for the tier Burstable.')
  zoneRedundant: bool

  @description('Backups are copied to the paired region. Cannot be changed later.')
  geoBackup: bool
}

@export()
@sealed()
@description('An Entra principal that administers the database: the group of operators, or the pipeline.')
type databaseAdministrator = {
  @description('Object id in Entra; of a service principal its own, not the application\'s.')
  @minLength(1)
  objectId: string

  @description('Display name; of a user the principal name. It becomes the login.')
  @minLength(1)
  name: string

  @description('What it is.')
  type: 'Group' | 'ServicePrincipal' | 'User'
}

@export()
@sealed()
@description('How the function app scales.')
type functionScale = {
  @description('MiB of an instance; its share of processor and network grows with it.')
  instanceMemoryMB: 512 | 2048 | 4096

  @description('Instances at most; what more work comes then waits.')
  @minValue(1)
  @maxValue(1000)
  maximumInstances: int

  @description('Instances for HTTP that are never stopped: no cold start for the first caller.')
  @minValue(0)
  @maxValue(20)
  alwaysReadyHttp: int

  @description('HTTP calls that one instance works on at once.')
  @minValue(1)
  @maxValue(1000)
  httpConcurrency: int

  @description('Connections that one instance keeps to the database for changes; as many again for readings, and two more. All instances together must stay below what the server takes.')
  @minValue(2)
  @maxValue(100)
  databaseConnections: int
}

@export()
@sealed()
@description('How much telemetry is kept.')
type telemetryLimits = {
  @description('Days for which logs can be searched.')
  @minValue(30)
  @maxValue(730)
  retentionDays: int

  @description('GiB a day; what comes later that day is lost, and an alert says so.')
  @minValue(1)
  @maxValue(1000)
  dailyCapGb: int

  @description('Per cent of the requests and their dependencies that are kept.')
  @minValue(1)
  @maxValue(100)
  samplingPercentage: int
}
