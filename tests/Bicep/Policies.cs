namespace ToolboxAI.Tests.Bicep;

/// <summary>What must hold of every environment, and what of those with a private network.</summary>
public static class Policies
{
    private static readonly (string Type, string Path, object Value)[] Everywhere =
    [
        ("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", false),
        ("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", false),
        ("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", true),
        ("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "TLS1_2"),
        ("Microsoft.Storage/storageAccounts/blobServices/containers", "properties.publicAccess", "None"),
        ("Microsoft.Storage/storageAccounts/blobServices", "properties.isVersioningEnabled", true),
        ("Microsoft.ServiceBus/namespaces", "properties.disableLocalAuth", true),
        ("Microsoft.ServiceBus/namespaces", "properties.minimumTlsVersion", "1.2"),
        ("Microsoft.ServiceBus/namespaces/queues", "properties.requiresDuplicateDetection", true),
        ("Microsoft.ServiceBus/namespaces/queues", "properties.deadLetteringOnMessageExpiration", true),
        ("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", true),
        ("Microsoft.KeyVault/vaults", "properties.enableSoftDelete", true),
        ("Microsoft.KeyVault/vaults", "properties.enablePurgeProtection", true),
        ("Microsoft.DBforPostgreSQL/flexibleServers", "properties.authConfig.passwordAuth", "Disabled"),
        ("Microsoft.DBforPostgreSQL/flexibleServers", "properties.authConfig.activeDirectoryAuth", "Enabled"),
        ("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", true),
        ("Microsoft.Insights/components", "properties.DisableLocalAuth", true),
        ("Microsoft.Web/sites", "properties.httpsOnly", true),
        ("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "1.2"),
        ("Microsoft.Web/sites", "properties.siteConfig.scmMinTlsVersion", "1.2"),
        ("Microsoft.Web/sites", "properties.siteConfig.ftpsState", "Disabled"),
        ("Microsoft.Web/sites", "identity.type", "UserAssigned"),
        ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", false),
    ];

    /// <summary>The API itself is for the world; everything behind it is not.</summary>
    private static readonly (string Type, string Path, object Value)[] Private =
    [
        ("Microsoft.Storage/storageAccounts", "properties.publicNetworkAccess", "Disabled"),
        ("Microsoft.Storage/storageAccounts", "properties.networkAcls.defaultAction", "Deny"),
        ("Microsoft.ServiceBus/namespaces", "properties.publicNetworkAccess", "Disabled"),
        ("Microsoft.KeyVault/vaults", "properties.publicNetworkAccess", "Disabled"),
        ("Microsoft.KeyVault/vaults", "properties.networkAcls.defaultAction", "Deny"),
        ("Microsoft.DBforPostgreSQL/flexibleServers", "properties.network.publicNetworkAccess", "Disabled"),
    ];

    private static readonly (string Type, string Path, object Value)[] Production =
    [
        ("Microsoft.DBforPostgreSQL/flexibleServers", "properties.highAvailability.mode", "ZoneRedundant"),
        ("Microsoft.DBforPostgreSQL/flexibleServers", "properties.backup.geoRedundantBackup", "Enabled"),
        ("Microsoft.Web/serverfarms", "properties.zoneRedundant", true),
        ("Microsoft.Web/sites", "properties.functionAppConfig.siteUpdateStrategy.type", "RollingUpdate"),
    ];

    /// <summary>
    /// The metrics that alerts look at, in which ways each is summed up, and what parts it. From Azure Monitor's generated reference, "Supported metrics",
    /// MicrosoftDocs/azure-monitor-docs:articles/azure-monitor/reference/supported-metrics, read in November 2026.
    /// </summary>
    private static readonly Dictionary<string, (string[] Aggregations, string PerEntity)> Metrics = new(StringComparer.OrdinalIgnoreCase)
    {
        ["microsoft.insights/components requests/failed"] = (["Count"], ""),
        ["Microsoft.ServiceBus/namespaces ActiveMessages"] = (["Average", "Minimum", "Maximum"], "EntityName"),
        ["Microsoft.ServiceBus/namespaces DeadletteredMessages"] = (["Average", "Minimum", "Maximum"], "EntityName"),
        ["Microsoft.DBforPostgreSQL/flexibleServers cpu_percent"] = (["Average", "Minimum", "Maximum"], ""),
        ["Microsoft.DBforPostgreSQL/flexibleServers storage_percent"] = (["Average", "Minimum", "Maximum"], ""),
        ["Microsoft.DBforPostgreSQL/flexibleServers is_db_alive"] = (["Average", "Minimum", "Maximum"], ""),
    };

    private static readonly string[] Tags = ["application", "environment", "owner", "costCenter", "managedBy"];
    private static readonly string[] SecretWords = ["password", "secret", "key", "token", "connectionstring"];

    /// <summary>What an environment breaks.</summary>
    public static IEnumerable<Finding> Check(BicepFolder folder, Deployment deployment, bool production) =>
        Values(deployment, Everywhere)
            .Concat(deployment.Of("Microsoft.Network/virtualNetworks").Any() || production ? Values(deployment, Private).Concat(PrivateEndpoints(deployment)) : [])
            .Concat(production ? Values(deployment, Production) : [])
            .Concat(Watched(deployment)).Concat(Diagnostics(deployment)).Concat(Tagged(deployment)).Concat(NoSecrets(folder)).Concat(Twice(deployment));

    private static IEnumerable<Finding> Values(Deployment deployment, (string Type, string Path, object Value)[] policies) =>
        from policy in policies
        from resource in deployment.Of(policy.Type)
        where !Equals(resource.At(policy.Path), policy.Value)
        select Finding(resource, $"{policy.Path} must be {policy.Value}, not {resource.At(policy.Path) ?? "left out"}");

    private static IEnumerable<Finding> PrivateEndpoints(Deployment deployment)
    {
        var reached = deployment.Of("Microsoft.Network/privateEndpoints")
            .SelectMany(endpoint => Bicep.Values.List(endpoint.At("properties.privateLinkServiceConnections")))
            .Select(connection => Bicep.Values.Text(Bicep.Values.At(connection, "properties.privateLinkServiceId"))).ToHashSet();
        return from type in Private.Select(policy => policy.Type).Distinct()
               from resource in deployment.Of(type)
               where !reached.Contains(resource.Id)
               select Finding(resource, "it has no private endpoint, so nobody reaches it");
    }

    /// <summary>What a type can tell, it tells to the workspace.</summary>
    private static IEnumerable<Finding> Watched(Deployment deployment)
    {
        foreach (var alert in deployment.Of("Microsoft.Insights/metricAlerts").Where(alert => alert.At("properties.criteria.allOf") is not null))
        {
            var scope = $"{Bicep.Values.List(alert.At("properties.scopes"))[0]}";
            foreach (var criterion in Bicep.Values.List(alert.At("properties.criteria.allOf")))
            {
                var (type, metric) = (Bicep.Values.Text(Bicep.Values.At(criterion, "metricNamespace")), Bicep.Values.Text(Bicep.Values.At(criterion, "metricName")));
                var isKnown = Metrics.TryGetValue($"{type} {metric}", out var known);
                if (!isKnown || !known.Aggregations.Contains(Bicep.Values.At(criterion, "timeAggregation")))
                {
                    yield return new(alert.File, alert.Line, $"{type} has no metric {metric} of this aggregation");
                }
                else if (!scope.Contains($"/{type}/", StringComparison.OrdinalIgnoreCase))
                {
                    yield return new(alert.File, alert.Line, $"{metric} is none of what the alert looks at");
                }
                else if (!Bicep.Values.List(Bicep.Values.At(criterion, "dimensions")).Select(dimension => Bicep.Values.At(dimension, "name")).SequenceEqual(known.PerEntity.Length > 0 ? [known.PerEntity] : Array.Empty<object>()))
                {
                    yield return new(alert.File, alert.Line, $"{metric} is not looked at for each {known.PerEntity}");
                }
            }
        }
    }

    private static IEnumerable<Finding> Diagnostics(Deployment deployment)
    {
        var workspace = deployment.Of("Microsoft.OperationalInsights/workspaces").Select(one => one.Id).FirstOrDefault();
        var settings = deployment.Of("Microsoft.Insights/diagnosticSettings").Where(setting => setting.At("properties.workspaceId") as string == workspace).ToLookup(setting => setting.On);
        return from resource in deployment.Resources
               let tells = ResourceFacts.Instance.Find(resource.Type, resource.Version)?.Diagnostics ?? ""
               where !tells.StartsWith("none", StringComparison.Ordinal)
               from kind in tells.Split(", ")
               where !settings[resource.Id].Any(setting => setting.At("properties." + kind) is List<object?> given && given.Exists(one => Bicep.Values.At(one, "enabled") is true))
               select Finding(resource, $"it has no diagnostic setting for its {kind}");
    }

    private static IEnumerable<Finding> Tagged(Deployment deployment) =>
        from resource in deployment.Resources
        where ResourceFacts.Instance.Find(resource.Type, resource.Version)?.IsOpen("tags") == true
        let given = resource.At("tags") as Dictionary<string, object?> ?? []
        from tag in Tags
        where given.GetValueOrDefault(tag) is not string { Length: > 0 }
        select Finding(resource, $"the tag {tag} is missing");

    private static IEnumerable<Finding> NoSecrets(BicepFolder folder)
    {
        foreach (var template in folder.Modules)
        {
            foreach (var call in template.Root.Descendants().Where(node => node.Type == "call_expression" && (node.Part("function")!.Text.StartsWith("list", StringComparison.Ordinal) || node.Part("function")!.Text == "getSecret")))
            {
                yield return template.Finding(call, "a key is read: connections are by identity");
            }

            // The connection string of Application Insights is an address; its local authentication is off, by the policy above.
            foreach (var output in template.Of("output").Where(output => SecretWords.Any(word => output.Name.EndsWith(word, StringComparison.OrdinalIgnoreCase)) && output.Value!.Type != "member_expression"))
            {
                yield return template.Finding(output.Node, $"the output {output.Name} may hold a secret");
            }

            foreach (var output in template.Of("output"))
            {
                foreach (var key in output.Node.Descendants().Where(node => node.Type == "property_identifier" && node.Text is "InstrumentationKey" or "primaryKey" or "administratorLoginPassword"))
                {
                    yield return template.Finding(key, $"the output {output.Name} holds {key.Text}");
                }
            }

            foreach (var text in template.Root.Descendants().Where(node => node.Type == "string_content" && (node.Text.Contains("AccountKey=", StringComparison.OrdinalIgnoreCase) || node.Text.Contains("SharedAccessKey", StringComparison.OrdinalIgnoreCase) || node.Text.Contains("Password=", StringComparison.OrdinalIgnoreCase))))
            {
                yield return template.Finding(text, "a connection string holds a key");
            }
        }
    }

    private static IEnumerable<Finding> Twice(Deployment deployment) =>
        from same in deployment.Resources.GroupBy(resource => resource.Id, StringComparer.OrdinalIgnoreCase)
        where same.Count() > 1
        select Finding(same.Last(), $"{same.Key} is deployed twice");

    private static Finding Finding(DeployedResource resource, string message) => new(resource.File, resource.Line, $"{resource.Type} {resource.Name}: {message}");
}
