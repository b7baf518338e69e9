using System.Text.RegularExpressions;
using System.Xml;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Bicep;

/// <summary>What every environment must have, and what production must have more of: the list of what an operator relies on.</summary>
public static partial class Equipment
{
    /// <summary>Settings that Flex Consumption refuses or ignores; learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations.</summary>
    private static readonly string[] RefusedSettings =
    [
        "ENABLE_ORYX_BUILD", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_MAX_HTTP_CONCURRENCY", "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED", "FUNCTIONS_WORKER_PROCESS_COUNT",
        "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "SCM_DO_BUILD_DURING_DEPLOYMENT", "TZ", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTOVERVNET",
        "WEBSITE_CONTENTSHARE", "WEBSITE_DNS_SERVER", "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT", "WEBSITE_MOUNT_ENABLED", "WEBSITE_NODE_DEFAULT_VERSION", "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_SKIP_CONTENTSHARE_VALIDATION", "WEBSITE_TIME_ZONE", "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED", "WEBSITE_VNET_ROUTE_ALL",
    ];

    /// <summary>What an environment lacks.</summary>
    public static IEnumerable<Finding> Check(BicepFolder folder, Deployment deployment, bool production) =>
        FunctionApp(deployment, production).Concat(Storage(deployment)).Concat(Messages(deployment)).Concat(Database(deployment)).Concat(Telemetry(deployment))
            .Concat(OneIdentity(folder, deployment)).Concat(Alerts(deployment)).Concat(Budget(deployment)).Concat(Network(deployment)).Concat(Names(deployment));

    private static IEnumerable<Finding> FunctionApp(Deployment deployment, bool production)
    {
        var (plan, app) = (One(deployment, "Microsoft.Web/serverfarms"), One(deployment, "Microsoft.Web/sites"));
        const string Scale = "properties.functionAppConfig.scaleAndConcurrency.";
        if (plan.At("sku.name") as string != "FC1" || plan.At("sku.tier") as string != "FlexConsumption" || plan.At("properties.reserved") is not true)
        {
            yield return Finding(plan, "the plan is not Flex Consumption on Linux");
        }

        foreach (var missing in new[] { "instanceMemoryMB", "maximumInstanceCount", "triggers.http.perInstanceConcurrency" }.Where(name => app.At(Scale + name) is not long))
        {
            yield return Finding(app, $"{missing} is left to chance");
        }

        // A plan over several zones keeps at least two instances ready in a group: learn.microsoft.com/azure/reliability/reliability-functions.
        var ready = Values.List(app.At(Scale + "alwaysReady")).Where(group => Values.At(group, "name") as string == "http").Sum(group => (long)Values.At(group, "instanceCount")!);
        if (ready < (plan.At("properties.zoneRedundant") is true ? 2 : production ? 1 : 0))
        {
            yield return Finding(app, $"{ready} instances are always ready for HTTP");
        }

        var package = Values.Text(app.At("properties.functionAppConfig.deployment.storage.value"));
        if (app.At("properties.functionAppConfig.deployment.storage.authentication.type") as string != "UserAssignedIdentity"
            || !deployment.Of("Microsoft.Storage/storageAccounts/blobServices/containers").Any(container => package.EndsWith(">" + container.Name.Split('/')[^1], StringComparison.Ordinal)))
        {
            yield return Finding(app, $"its package is not read by the identity from a container of this environment, but from {package}");
        }

        foreach (var refused in Values.List(app.At("properties.siteConfig.appSettings")).Select(setting => Values.Text(Values.At(setting, "name"))).Intersect(RefusedSettings))
        {
            yield return Finding(app, $"Flex Consumption refuses the setting {refused}");
        }
    }

    private static IEnumerable<Finding> Storage(Deployment deployment)
    {
        var accounts = deployment.Of("Microsoft.Storage/storageAccounts").ToDictionary(account => Purpose().Match(account.Name).Value);
        foreach (var purpose in new[] { "host", "cont", "back", "copy" }.Where(purpose => !accounts.ContainsKey(purpose)))
        {
            yield return new("main.bicep", 1, $"there is no storage account {purpose}");
        }

        foreach (var service in new[] { "blobServices", "queueServices", "tableServices" }.Where(service => deployment.Of("Microsoft.Storage/storageAccounts/" + service).All(one => !one.Name.Contains("host"))))
        {
            yield return new("main.bicep", 1, $"the host's account has no {service}, which Durable Functions needs");
        }

        if (accounts.TryGetValue("copy", out var copy) && accounts.TryGetValue("back", out var backups) && Equals(copy.At("location"), backups.At("location")))
        {
            yield return Finding(copy, "the copies of the backups are in the backups' own region");
        }
    }

    private static IEnumerable<Finding> Messages(Deployment deployment) =>
        from entity in deployment.Of("Microsoft.ServiceBus/namespaces/queues").Concat(deployment.Of("Microsoft.ServiceBus/namespaces/topics/subscriptions"))
        from wanted in new[] { "lockDuration", "defaultMessageTimeToLive", "duplicateDetectionHistoryTimeWindow", "maxDeliveryCount" }
        where entity.At("properties." + wanted) is null && !(wanted.StartsWith("duplicate", StringComparison.Ordinal) && entity.Type.EndsWith("subscriptions", StringComparison.Ordinal))
        select Finding(entity, $"{wanted} is left to chance");

    private static IEnumerable<Finding> Database(Deployment deployment)
    {
        var server = One(deployment, "Microsoft.DBforPostgreSQL/flexibleServers");
        var parameters = deployment.Of("Microsoft.DBforPostgreSQL/flexibleServers/configurations").ToDictionary(one => one.Name.Split('/')[^1], one => one.At("properties.value") as string);
        if (parameters.GetValueOrDefault("wal_level") != "logical")
        {
            yield return Finding(server, "logical replication is off");
        }

        if (!deployment.Of("Microsoft.DBforPostgreSQL/flexibleServers/administrators").Any())
        {
            yield return Finding(server, "nobody of Entra administers it");
        }
    }

    private static IEnumerable<Finding> Telemetry(Deployment deployment)
    {
        var (insights, workspace) = (One(deployment, "Microsoft.Insights/components"), One(deployment, "Microsoft.OperationalInsights/workspaces"));
        foreach (var missing in new[] { (insights, "SamplingPercentage"), (insights, "RetentionInDays"), (workspace, "retentionInDays"), (workspace, "workspaceCapping.dailyQuotaGb") }
            .Where(limit => limit.Item1.At("properties." + limit.Item2) is not long))
        {
            yield return Finding(missing.Item1, $"{missing.Item2} is left to chance");
        }

        if (!Equals(insights.At("properties.WorkspaceResourceId"), workspace.Id) || insights.At("properties.IngestionMode") as string != "LogAnalytics")
        {
            yield return Finding(insights, "it does not keep its data in the workspace");
        }

        foreach (var missing in new[] { "Microsoft.Insights/workbooks", "Microsoft.Insights/webtests", "Microsoft.Insights/actionGroups" }.Where(type => deployment.Of(type).Count() != 1))
        {
            yield return new("main.bicep", 1, $"there is not one of {missing}");
        }
    }

    private static IEnumerable<Finding> OneIdentity(BicepFolder folder, Deployment deployment)
    {
        var identity = One(deployment, "Microsoft.ManagedIdentity/userAssignedIdentities");
        var principal = $"<{identity.Type}.properties.principalId>";
        foreach (var grant in deployment.Of("Microsoft.Authorization/roleAssignments").Where(grant => grant.At("properties.principalId") as string != principal))
        {
            yield return Finding(grant, "it is for another than the one identity");
        }

        // The table is looped over: nothing is granted one by one, and nowhere else.
        foreach (var template in folder.Modules)
        {
            foreach (var grant in template.Of("resource").Where(resource => resource.Reference.StartsWith("Microsoft.Authorization/roleAssignments@", StringComparison.Ordinal)))
            {
                if (template.Path != "modules/roles.bicep" || grant.Value!.Type != "for_statement")
                {
                    yield return template.Finding(grant.Node, $"{grant.Name} does not come out of the table of roles");
                }
            }
        }

        var app = One(deployment, "Microsoft.Web/sites");
        if (app.At("identity.userAssignedIdentities") is not Dictionary<string, object?> { Count: 1 } used || used.Keys.Single() != identity.Id)
        {
            yield return Finding(app, "it does not use the one identity");
        }
    }

    private static IEnumerable<Finding> Alerts(Deployment deployment)
    {
        var group = deployment.Of("Microsoft.Insights/actionGroups").FirstOrDefault();
        var alerts = deployment.Of("Microsoft.Insights/metricAlerts").Concat(deployment.Of("Microsoft.Insights/scheduledQueryRules")).ToList();
        foreach (var alert in alerts)
        {
            var told = alert.At("properties.actions") is List<object?> actions
                ? actions.Select(action => Values.At(action, "actionGroupId"))
                : Values.List(alert.At("properties.actions.actionGroups"));
            if (alert.At("properties.enabled") is not true || group is null || !told.Contains(group.Id))
            {
                yield return Finding(alert, "it tells nobody");
            }

            if (alert.At("properties.description") is not string { Length: > 20 } description)
            {
                yield return Finding(alert, "it says not what it means");
                continue;
            }

            foreach (var guide in Guide().Matches(description).Select(guide => guide.Value).Where(guide => !File.Exists(Path.Combine(Repository.Root, guide))))
            {
                yield return Finding(alert, $"there is no {guide}");
            }

            if (alert.Type.EndsWith("scheduledQueryRules", StringComparison.Ordinal) && Duration(alert, "windowSize") <= Duration(alert, "evaluationFrequency"))
            {
                yield return Finding(alert, "what arrives late is never looked at");
            }
        }

        foreach (var test in deployment.Of("Microsoft.Insights/webtests"))
        {
            if (test.At("properties.Enabled") is not true || !alerts.Exists(alert => Equals(alert.At("properties.criteria.webTestId"), test.Id)) || Values.List(test.At("properties.Locations")).Count < 5)
            {
                yield return Finding(test, "it is off, asked from less than five places, or no alert follows from it");
            }
        }
    }

    private static TimeSpan Duration(DeployedResource alert, string name) => XmlConvert.ToTimeSpan(Values.Text(alert.At("properties." + name)));

    private static IEnumerable<Finding> Budget(Deployment deployment)
    {
        var budget = One(deployment, "Microsoft.Consumption/budgets");
        var kinds = Values.Properties(budget.At("properties.notifications")).Values.Where(one => Values.At(one, "enabled") is true && Values.List(Values.At(one, "contactEmails")).Count > 0)
            .Select(one => Values.At(one, "thresholdType") as string);
        foreach (var missing in new[] { "Actual", "Forecasted" }.Except(kinds))
        {
            yield return Finding(budget, $"nobody is told of costs that are {missing}");
        }
    }

    private static IEnumerable<Finding> Network(Deployment deployment)
    {
        var app = One(deployment, "Microsoft.Web/sites");
        var subnet = app.At("properties.virtualNetworkSubnetId") as string;
        if (deployment.Of("Microsoft.Network/virtualNetworks").FirstOrDefault() is not { } network)
        {
            return subnet is null ? [] : [Finding(app, "it joins a network that is not there")];
        }

        var joined = Values.List(network.At("properties.subnets")).Find(one => subnet == $"{network.Id}/subnets/{Values.At(one, "name")}");
        var delegated = joined is not null && Values.List(Values.At(joined, "properties.delegations")).Exists(one => Values.At(one, "properties.serviceName") as string == "Microsoft.App/environments");
        var linked = deployment.Of("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Select(link => link.Name.Split('/')[0]).ToHashSet();
        var groups = deployment.Of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Select(group => group.Name.Split('/')[0]).ToHashSet();
        return (delegated ? Enumerable.Empty<Finding>() : [Finding(app, "it is not in a subnet that is delegated to it")])
            .Concat(deployment.Of("Microsoft.Network/privateDnsZones").Where(zone => !linked.Contains(zone.Name)).Select(zone => Finding(zone, "the network does not ask this zone")))
            .Concat(deployment.Of("Microsoft.Network/privateEndpoints").Where(endpoint => !groups.Contains(endpoint.Name)).Select(endpoint => Finding(endpoint, "its name is in no zone")));
    }

    /// <summary>Names come out of the one module for names, zones' and ids apart.</summary>
    private static IEnumerable<Finding> Names(Deployment deployment) =>
        from resource in deployment.Resources
        where resource.On.Length == 0 && !resource.Name.Contains('/') && !OurName().IsMatch(resource.Name)
        select Finding(resource, $"the name {resource.Name} is not of modules/naming.bicep");

    private static DeployedResource One(Deployment deployment, string type) => deployment.Of(type).Single();

    private static Finding Finding(DeployedResource resource, string message) => new(resource.File, resource.Line, $"{resource.Type} {resource.Name}: {message}");

    [GeneratedRegex(@"docs/[\w./-]*\w\.md", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Guide();

    [GeneratedRegex("(host|cont|back|copy)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Purpose();

    [GeneratedRegex(@"^([a-z]+(-[A-Za-z]+)*-toolbox-(dev|stg|prd)-[0-9a-f]{6}(-[a-z-]+)?|sttoolbo(host|cont|back|copy)(dev|stg|prd)[0-9a-f]{6}|privatelink\.[a-z.]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OurName();
}
