namespace ToolboxAI.Tests.Bicep;

/// <summary>Each check is seen to fail: a fault is planted into a copy, and is found under its name.</summary>
public sealed class PlantedFaultTests
{
    /// <summary>File, what stands there, what is put in its place, what the finding says.</summary>
    private static readonly (string File, string Before, string After, string Message)[] Faults =
    [
        // Syntax and names.
        ("main.bicep", "module identity 'modules/identity.bicep' = {", "module identity 'modules/identity.bicep' {", "not Bicep"),
        ("main.bicep", "    tags: tags\n    limits: telemetry", "    tags: tgas\n    limits: telemetry", "tgas is not declared"),
        ("main.bicep", "'modules/workbook.bicep'", "'modules/wrokbook.bicep'", "no module modules/wrokbook.bicep"),
        ("main.bicep", "    limits: telemetry\n", "", "does not give modules/monitoring.bicep its parameter limits"),
        ("main.bicep", "    limits: telemetry\n", "    limits: telemetry\n    limit: 1\n", "has no parameter limit"),
        ("main.bicep", "keyVault.outputs.uri\n", "keyVault.outputs.url\n", "has no output url"),
        ("main.bicep", "storageNameOf, tokenOf }", "storageNameOf, tokensOf }", "exports no tokensOf"),
        ("modules/network.bicep", "mapValues(zoneNames", "mapKeys(zoneNames", "no function mapKeys"),
        ("main.bicep", "var packageContainer = ", "var forgotten = 1\nvar packageContainer = ", "forgotten is never used"),
        ("dev.bicepparam", "param recoveryDays = 7\n", "", "required parameter recoveryDays is missing"),
        ("modules/database.bicep", "  name: 'toolbox'\n", "  name: server.properties.fullyQualifiedDomainName\n", "database needs at the start what is known only after a deployment"),
        ("main.bicep", "module network 'modules/network.bicep' = if (privateNetwork)", "module network 'modules/network.bicep' = if (keyVault.outputs.name != '')", "network needs at the start"),

        ("modules/types.bicep", "  @description('Days for which logs can be searched.')\n", "", "retentionDays has no description"),
        ("main.bicep", "@minValue(1)\n@maxValue(1000000)\nparam monthlyBudget int", "param monthlyBudget int", "monthlyBudget is a number without bounds"),

        ("modules/alerts.bicep", "metric: 'cpu_percent'", "metric: 'cpu_percentage'", "has no metric cpu_percentage of this aggregation"),
        ("modules/alerts.bicep", "metric: 'requests/failed'\n    aggregation: 'Count'", "metric: 'requests/failed'\n    aggregation: 'Average'", "has no metric requests/failed of this aggregation"),
        ("modules/alerts.bicep", "    aggregation: 'Average'\n    operator: 'GreaterThan'\n    threshold: 1000\n    dimensions: everyQueue", "    aggregation: 'Average'\n    operator: 'GreaterThan'\n    threshold: 1000\n    dimensions: []", "ActiveMessages is not looked at for each EntityName"),

        // Kinds and values.
        ("modules/storage.bicep", "    name: sku\n", "    name: sku\n    tire: sku\n", "sku.tire is unknown"),
        ("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: 'false'", "properties.allowSharedKeyAccess is 'false', not bool"),
        ("modules/service-bus.bicep", "namespaces/queues@2026-01-01", "namespaces/queues@2026-13-01", "nothing is known of Microsoft.ServiceBus/namespaces/queues@2026-13-01"),
        ("modules/database.bicep", "server.properties.fullyQualifiedDomainName", "server.properties.fullyQualifiedName", "no property properties.fullyQualifiedName"),
        ("modules/service-bus.bicep", "queue.lockDuration", "queue.lockTime", "no property lockTime"),
        ("main.bicep", "    lockDuration: 'PT1M'\n    timeToLive: 'P14D'", "    timeToLive: 'P14D'", "lacks lockDuration"),
        ("production.bicepparam", "instanceMemoryMB: 2048", "instanceMemoryMB: 1024", "functionScaling.instanceMemoryMB is 1024"),
        ("production.bicepparam", "recoveryDays = 35", "recoveryDays = 400", "recoveryDays is 400, out of bounds"),
        ("main.bicep", "    lockDuration: 'PT1M'\n    timeToLive: 'P14D'", "    lockDuration: 'PT6M'\n    timeToLive: 'P14D'", "properties.lockDuration is 'PT6M', not duration PT5S..PT5M"),
        ("modules/alerts.bicep", "    severity: 0\n    enabled: true", "    severity: 5\n    enabled: true", "properties.severity is 5, not int 0..4"),

        // What an operator relies on.
        ("production.bicepparam", "alwaysReadyHttp: 2", "alwaysReadyHttp: 1", "1 instances are always ready for HTTP"),
        ("modules/function-app.bicep", "            perInstanceConcurrency: scale.httpConcurrency\n", "", "triggers.http.perInstanceConcurrency is left to chance"),
        ("modules/function-app.bicep", "type: 'UserAssignedIdentity'\n            userAssignedIdentityResourceId: identityId", "type: 'StorageAccountConnectionString'", "its package is not read by the identity"),
        ("main.bicep", "  AZURE_CLIENT_ID: identity.outputs.clientId\n", "  AZURE_CLIENT_ID: identity.outputs.clientId\n  WEBSITE_RUN_FROM_PACKAGE: '1'\n", "Flex Consumption refuses the setting WEBSITE_RUN_FROM_PACKAGE"),
        ("main.bicep", "    location: backupLocation\n", "    location: location\n", "the copies of the backups are in the backups' own region"),
        ("modules/storage.bicep", "storageAccounts/tableServices@2025-08-01' = {", "storageAccounts/tableServices@2025-08-01' = if (name == '') {", "the host's account has no tableServices"),
        ("modules/service-bus.bicep", "    defaultMessageTimeToLive: queue.timeToLive\n", "", "defaultMessageTimeToLive is left to chance"),
        ("modules/database.bicep", "    value: 'logical'\n", "    value: 'replica'\n", "logical replication is off"),
        ("modules/monitoring.bicep", "    SamplingPercentage: limits.samplingPercentage\n", "", "SamplingPercentage is left to chance"),
        ("modules/monitoring.bicep", "    workspaceCapping: {\n      dailyQuotaGb: limits.dailyCapGb\n    }\n", "", "workspaceCapping.dailyQuotaGb is left to chance"),
        ("modules/key-vault.bicep", "resource diagnostics ", "resource extra 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  scope: vault\n  name: guid(vault.id)\n  properties: {\n    principalId: tenant().tenantId\n    roleDefinitionId: vault.id\n  }\n}\n\nresource diagnostics ", "extra does not come out of the table of roles"),
        ("modules/roles.bicep", "  scope: keyVault\n  name: guid(keyVault.id, principalId, roles[grant.role])\n  properties: {\n    principalId: principalId", "  scope: keyVault\n  name: guid(keyVault.id, principalId, roles[grant.role])\n  properties: {\n    principalId: keyVaultName", "it is for another than the one identity"),
        ("modules/alerts.bicep", "      actionGroups: [actionGroupId]", "      actionGroups: []", "it tells nobody"),
        ("modules/alerts.bicep", "docs/guides/secrets.md", "docs/guides/secret.md", "there is no docs/guides/secret.md"),
        ("modules/alerts.bicep", "    windowSize: 'PT30M'", "    windowSize: 'PT15M'", "what arrives late is never looked at"),
        ("modules/alerts.bicep", "      webTestId: availabilityTest.id\n", "", "no alert follows from it"),
        ("modules/budget.bicep", "thresholdType: 'Forecasted'", "thresholdType: 'Actual'", "nobody is told of costs that are Forecasted"),
        ("modules/network.bicep", "serviceName: 'Microsoft.App/environments'", "serviceName: 'Microsoft.Web/serverFarms'", "it is not in a subnet that is delegated to it"),
        ("main.bicep", "    name: nameOf('kv', application, code, token)", "    name: 'kv-of-ours'", "the name kv-of-ours is not of modules/naming.bicep"),

        // Policies.
        ("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "properties.allowSharedKeyAccess must be False"),
        ("modules/storage.bicep", "'TLS1_2'", "'TLS1_0'", "properties.minimumTlsVersion must be TLS1_2"),
        ("modules/key-vault.bicep", "    enablePurgeProtection: true\n", "", "properties.enablePurgeProtection must be True, not left out"),
        ("production.bicepparam", "privateNetwork = true", "privateNetwork = false", "properties.publicNetworkAccess must be Disabled"),
        ("main.bicep", "  { service: 'vault', group: 'vault' }\n", "", "has no private endpoint"),
        ("modules/database.bicep", "  scope: server\n", "  scope: database\n", "has no diagnostic setting for its logs"),
        ("modules/function-app.bicep", "        category: 'FunctionAppLogs'\n        enabled: true", "        category: 'FunctionAppLogs'\n        enabled: false", "has no diagnostic setting for its logs"),
        ("modules/identity.bicep", "  tags: tags\n", "", "the tag owner is missing"),
        ("modules/monitoring.bicep", "output connectionString string = insights.properties.ConnectionString", "output connectionString string = insights.properties.InstrumentationKey", "holds InstrumentationKey"),
        ("modules/database.bicep", "passwordAuth: 'Disabled'", "passwordAuth: 'Enabled'", "properties.authConfig.passwordAuth must be Disabled"),
        ("main.bicep", ";Maximum Pool Size=${functionScaling.databaseConnections}'", ";Password=oops'", "a connection string holds a key"),

        // Bicep and code.
        ("main.bicep", "    name: 'stripe-events'", "    name: 'stripe-evnts'", "the queue stripe-events of the code is not in bicep/"),
        ("main.bicep", "  SendGrid__Sender: mailSender\n", "  SendGrid__Sendr: mailSender\n", "the setting SendGrid__Sender of the code is not in bicep/"),
        ("main.bicep", "containers: ['deployments']", "containers: ['deployments', 'attic']", "the container attic of bicep/ is not in the code"),
        ("main.bicep", "containers: [packageContainer]", "containers: [packageContainer, 'deployments']", "/deployments of bicep/ is not in the code"),
        ("main.bicep", "  KeyVault__Uri: keyVault.outputs.uri\n", "", "the setting KeyVault__Uri of the code is not in bicep/"),
        ("modules/roles.bicep", "on: 'serviceBus', role: 'busReceiver'", "on: 'serviceBus', role: 'busSender'", "the role sb- 4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0 of the code is not in bicep/"),
        ("main.bicep", "  ServiceBusConnection__credential: 'managedidentity'\n", "", "the connection ServiceBusConnection is not by identity"),
        ("modules/function-app.bicep", "version: '10.0'", "version: '8.0'", "the runtime is not dotnet-isolated 10.0"),
        ("modules/alerts.bicep", "Properties.EventId) == 4021", "Properties.EventId) == 4020", "no log alert asks for toint(Properties.EventId) == 4021"),
        ("modules/alerts.bicep", "toolbox.secrets.alerts", "toolbox.secret.alerts", "no log alert asks for Name == \"toolbox.secrets.alerts\""),
        ("modules/alerts.bicep", "/api/health/ready", "/api/healthy", "the application has no route /api/healthy"),
    ];

    [Fact]
    public async Task Every_planted_fault_is_found()
    {
        var folder = await BicepTemplate.ReadAsync();
        Assert.All(Faults, fault => Assert.Contains(fault.Before, folder.Files[fault.File]));
        var planted = await BicepTemplate.ParseAsync([.. Faults.Select(fault => (fault.File, folder.Files[fault.File].Replace(fault.Before, fault.After)))]);

        var missed = Faults.Zip(planted, (fault, template) => (fault.Message, Findings: Findings(folder.With(template))))
            .Where(found => !found.Findings.Exists(finding => finding.Message.Contains(found.Message, StringComparison.Ordinal)))
            .Select(found => $"{found.Message} was not among:\n  {string.Join("\n  ", found.Findings)}");

        Assert.True(Faults.Length >= 50 && !missed.Any(), string.Join('\n', missed));
    }

    [Fact]
    public async Task What_the_code_newly_needs_is_missed()
    {
        var code = CodeFacts.Read();
        var deployment = Deployment.Of(await BicepTemplate.ReadAsync(), "dev.bicepparam");
        code = code with
        {
            Queues = new HashSet<string>(code.Queues) { "new-queue" },
            Topics = new HashSet<string> { "new-topic/everything" },
            Containers = new HashSet<string>(code.Containers) { "new-container" },
            Settings = new Dictionary<string, string>(code.Settings) { ["Clerk__SecretKey"] = "" },
        };

        var messages = Agreement.Check(code, deployment).Except(Agreement.Check(CodeFacts.Read(), deployment)).Select(finding => finding.Message).ToList();

        Assert.Equal(
            [
                "the queue new-queue of the code is not in bicep/",
                "the topic new-topic/everything of the code is not in bicep/",
                "the container new-container of the code is not in bicep/",
                "the setting Clerk__SecretKey of the code is not in bicep/",
                "the secret Clerk__SecretKey of the code is not in bicep/",
            ], messages);
    }

    /// <summary>Names first: what does not resolve is not put together.</summary>
    private static List<Finding> Findings(BicepFolder folder)
    {
        var broken = References.Broken(folder).ToList();
        if (broken.Count > 0)
        {
            return broken;
        }

        var code = CodeFacts.Read();
        return [.. References.Untidy(folder), .. new[] { "dev", "production" }.SelectMany(environment =>
        {
            var deployment = Deployment.Of(folder, environment + ".bicepparam");
            return deployment.Findings.Count > 0
                ? deployment.Findings
                : deployment.Resources.SelectMany(ResourceFacts.Instance.Check).Concat(Policies.Check(folder, deployment, environment == "production")).Concat(Equipment.Check(folder, deployment, environment == "production")).Concat(Agreement.Check(code, deployment));
        })];
    }
}
