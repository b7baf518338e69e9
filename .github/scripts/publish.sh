#!/usr/bin/env sh
# Publishes a package to the function app; the plan's site update strategy replaces the instances.
set -eu
: "${resourceGroupName:?an output of bicep/main.bicep}" "${functionAppName:?an output of bicep/main.bicep}"
package=${1:?usage: publish.sh PACKAGE.zip}
az functionapp deployment source config-zip --resource-group "$resourceGroupName" --name "$functionAppName" --src "$package" --output none
echo "Published $package to $functionAppName."
