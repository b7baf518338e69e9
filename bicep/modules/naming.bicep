metadata name = 'Names'
metadata description = 'The one place where names are made. Functions, since a resource name must be known before anything is deployed.'

@export()
@description('Environments, as they stand in names: short, since a storage account has 24 characters.')
var environmentCodes = {
  dev: 'dev'
  staging: 'stg'
  production: 'prd'
}

@export()
@description('Six characters that make a name unique in the world and the same at every deployment.')
func tokenOf(subscriptionId string, environmentName string, location string) string =>
  take(uniqueString(subscriptionId, environmentName, location), 6)

@export()
@description('Name of a resource: abbreviation, application, environment, e.g. func-toolbox-prd-a1b2c3.')
func nameOf(abbreviation string, application string, environmentCode string, token string) string =>
  '${abbreviation}-${application}-${environmentCode}-${token}'

@export()
@description('Name of a storage account: lower case, no hyphens, at most 24 characters.')
func storageNameOf(purpose string, application string, environmentCode string, token string) string =>
  take(toLower('st${take(application, 6)}${purpose}${environmentCode}${token}'), 24)
