using System.Text.RegularExpressions;
using ToolboxAI.Functions.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Tests.Bicep;

/// <summary>Whether an environment has what the code needs, and nothing that it does not.</summary>
public static partial class Agreement
{
    /// <summary>Flex Consumption refuses it as a setting: the runtime stands in functionAppConfig.</summary>
    private const string Runtime = "FUNCTIONS_WORKER_RUNTIME";

    /// <summary>Names the account of the containers that the code uses.</summary>
    private const string ContentAccount = "ContentStorage__accountName";

    /// <summary>What only the platform reads, and why it is needed.</summary>
    private static readonly Dictionary<string, string> PlatformSettings = new()
    {
        ["AZURE_CLIENT_ID"] = "which identity DefaultAzureCredential uses",
        ["AZURE_FUNCTIONS_ENVIRONMENT"] = "the name of the environment",
    };

    /// <summary>
    /// The roles that the code needs, and the use of others' types that shows it; empty where the accounts are prepared and nothing uses them yet.
    /// Ids: learn.microsoft.com/azure/role-based-access-control/built-in-roles; the host's own needs: learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity.
    /// </summary>
    private static readonly (string Service, string Role, string Id, string Use)[] Roles =
    [
        ("sthost", "Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Microsoft.Azure.Functions.Worker.FunctionAttribute"),
        ("sthost", "Storage Queue Data Contributor", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", "Microsoft.DurableTask.TaskOrchestrationContext"),
        ("sthost", "Storage Table Data Contributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", "Microsoft.DurableTask.TaskOrchestrationContext"),
        ("stcont", "Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", "Azure.Storage.Blobs.BlobContainerClient"),
        ("stback", "Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", ""),
        ("stcopy", "Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", ""),
        ("sb-", "Azure Service Bus Data Sender", "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39", "Azure.Messaging.ServiceBus.ServiceBusSender.SendMessage"),
        ("sb-", "Azure Service Bus Data Receiver", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0", "Microsoft.Azure.Functions.Worker.ServiceBusTriggerAttribute"),
        ("kv-", "Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "Azure.Security.KeyVault.Secrets.SecretClient.SetSecret"),
        ("appi-", "Monitoring Metrics Publisher", "3913510d-42f4-4e42-8a64-420c390055eb", "Microsoft.ApplicationInsights.Extensibility.TelemetryConfiguration.SetAzureTokenCredential"),
    ];

    /// <summary>Everything in which the two differ.</summary>
    public static IEnumerable<Finding> Check(CodeFacts code, Deployment deployment)
    {
        var app = deployment.Of("Microsoft.Web/sites").Single();
        var settings = Values.List(app.At("properties.siteConfig.appSettings")).ToDictionary(item => Values.Text(Values.At(item, "name")), item => Values.Text(Values.At(item, "value")));
        return Compare("queue", code.Queues, deployment.Of("Microsoft.ServiceBus/namespaces/queues").Select(Last), app)
            .Concat(Compare("queue of Messaging__Queues", Split(code.Settings["Messaging__Queues"]), Split(settings.GetValueOrDefault("Messaging__Queues", "")), app))
            .Concat(Compare("topic", code.Topics, deployment.Of("Microsoft.ServiceBus/namespaces/topics/subscriptions").Select(subscription => string.Join('/', subscription.Name.Split('/')[1..])), app))
            .Concat(Compare("container", code.Containers, Containers(deployment, app, settings.GetValueOrDefault(ContentAccount, "")), app))
            .Concat(Compare("setting", code.Settings.Keys.Except([Runtime]), settings.Keys.Except(PlatformSettings.Keys).Select(WithoutIdentity).Distinct(), app))
            .Concat(Compare("platform setting", PlatformSettings.Keys, settings.Keys.Intersect(PlatformSettings.Keys), app))
            .Concat(code.Required.Where(name => !code.Settings.ContainsKey(name)).Select(name => Finding(app, $"the required setting {name} is not in local.settings.sample.json")))
            .Concat(Compare("secret", code.Secrets, settings.Where(setting => setting.Value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal)).Select(setting => setting.Key), app))
            .Concat(Identities(settings, app)).Concat(RuntimeOf(code, app)).Concat(Grants(code, deployment, app)).Concat(Availability(code, deployment)).Concat(SecretAlerts(deployment, app));
    }

    private static IEnumerable<Finding> Compare(string what, IEnumerable<string> code, IEnumerable<string> bicep, DeployedResource app)
    {
        var (wanted, given) = (code.ToHashSet(), bicep.ToHashSet());
        return wanted.Except(given).Select(name => Finding(app, $"the {what} {name} of the code is not in bicep/"))
            .Concat(given.Except(wanted).Select(name => Finding(app, $"the {what} {name} of bicep/ is not in the code")));
    }

    // The deployment's own container is functionAppConfig's, not the code's; the code's are in the account that its setting names.
    private static IEnumerable<string> Containers(Deployment deployment, DeployedResource app, string account)
    {
        var packages = Values.Text(app.At("properties.functionAppConfig.deployment.storage.value"));
        return deployment.Of("Microsoft.Storage/storageAccounts/blobServices/containers").Where(container => container.Name.Split('/')[0] == account || !packages.EndsWith(">" + Last(container), StringComparison.Ordinal))
            .Select(container => container.Name.Split('/')[0] == account ? Last(container) : container.Name);
    }

    private static IEnumerable<Finding> Identities(Dictionary<string, string> settings, DeployedResource app)
    {
        foreach (var name in settings.Keys.Where(name => name.EndsWith("__credential", StringComparison.Ordinal)).Select(WithoutIdentity))
        {
            if (settings.ContainsKey(name) || !settings.ContainsKey(name + "__clientId"))
            {
                yield return Finding(app, $"the connection {name} is not by the identity alone");
            }
        }

        foreach (var name in new[] { "AzureWebJobsStorage", "ServiceBusConnection" }.Where(name => settings.ContainsKey(name) || !settings.ContainsKey(name + "__credential")))
        {
            yield return Finding(app, $"the connection {name} is not by identity");
        }
    }

    private static IEnumerable<Finding> RuntimeOf(CodeFacts code, DeployedResource app)
    {
        var version = $"{Environment.Version.Major}.0";
        if (app.At("properties.functionAppConfig.runtime.name") as string != code.Settings[Runtime] || app.At("properties.functionAppConfig.runtime.version") as string != version)
        {
            yield return Finding(app, $"the runtime is not {code.Settings[Runtime]} {version}");
        }
    }

    private static IEnumerable<Finding> Grants(CodeFacts code, Deployment deployment, DeployedResource app)
    {
        var needed = Roles.Where(role => role.Use.Length == 0 || code.Uses.Any(use => use.StartsWith(role.Use, StringComparison.Ordinal)));
        var given = deployment.Of("Microsoft.Authorization/roleAssignments")
            .Select(grant => $"{Service(grant.On)} {Values.Text(grant.At("properties.roleDefinitionId"))[^36..]}").ToList();
        return Compare("role", needed.Select(role => $"{role.Service} {role.Id}"), given, app);

        // stback… of sttoolboback…: the accounts' names hold their purpose.
        static string Service(string id) => id.Split('/')[^1] is var name && name.StartsWith("st", StringComparison.Ordinal)
            ? "st" + StoragePurpose().Match(name).Value
            : name[..(name.IndexOf('-') + 1)];
    }

    private static IEnumerable<Finding> Availability(CodeFacts code, Deployment deployment) =>
        from test in deployment.Of("Microsoft.Insights/webtests")
        let path = new Uri(Values.Text(test.At("properties.Request.RequestUrl")).Replace("<", "").Replace(">", "").Replace("Microsoft.Web/sites.properties.", "")).AbsolutePath
        where !code.Routes.Contains(path)
        select Finding(test, $"the application has no route {path}");

    /// <summary>What the code tells of secrets, a log rule asks for.</summary>
    private static IEnumerable<Finding> SecretAlerts(Deployment deployment, DeployedResource app)
    {
        var queries = deployment.Of("Microsoft.Insights/scheduledQueryRules").SelectMany(rule => Values.List(rule.At("properties.criteria.allOf"))).Select(criterion => Values.Text(Values.At(criterion, "query"))).ToList();
        return from told in new[] { $"Name == \"{SecretMetrics.AlertsName}\"", $"toint(Properties.EventId) == {RotateDueSecrets.NeedsCareEvent}" }
               where !queries.Exists(query => query.Contains(told, StringComparison.Ordinal))
               select Finding(app, $"no log alert asks for {told}");
    }

    private static string Last(DeployedResource resource) => resource.Name.Split('/')[^1];

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static string WithoutIdentity(string setting) => IdentitySuffix().Replace(setting, "");

    private static Finding Finding(DeployedResource resource, string message) => new(resource.File, resource.Line, message);

    [GeneratedRegex("__(fullyQualifiedNamespace|accountName|credential|clientId)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdentitySuffix();

    [GeneratedRegex("(host|cont|back|copy)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StoragePurpose();
}
