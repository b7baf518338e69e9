using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Tests.Bicep;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployment;

/// <summary>The guide's table of costs: what the parameter files say, times the guide's unit prices.</summary>
public sealed class CostTests
{
    private const double DaysOfMonth = 30;
    private static readonly string Guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "deploy.md"));

    [Theory, InlineData("dev", 1), InlineData("staging", 2), InlineData("production", 3)]
    public async Task The_table_says_what_an_environment_costs(string environment, int column)
    {
        var deployment = Bicep.Deployment.Of(await BicepTemplate.ReadAsync(), environment + ".bicepparam");
        var fixedCosts = new Dictionary<string, double>
        {
            ["Functions, always ready"] = AlwaysReady(deployment),
            ["PostgreSQL"] = Database(deployment),
            ["Service Bus"] = Price(deployment.Of("Microsoft.ServiceBus/namespaces").Single().At("sku.name") is "Premium" ? "Service Bus, Premium, 1 messaging unit" : "Service Bus, Standard"),
            ["Private endpoints and DNS zones"] = Count(deployment, "Microsoft.Network/privateEndpoints") * Price("private endpoint") + Count(deployment, "Microsoft.Network/privateDnsZones") * Price("private DNS zone"),
            ["Alerts"] = Series(deployment) * Price("metric alert, 1 series") + Count(deployment, "Microsoft.Insights/scheduledQueryRules") * Price("log alert, every 15 minutes"),
        };
        var budget = (long)deployment.Of("Microsoft.Consumption/budgets").Single().At("properties.amount")!;
        var cap = (long)deployment.Of("Microsoft.OperationalInsights/workspaces").Single().At("properties.workspaceCapping.dailyQuotaGb")!;

        Assert.All(fixedCosts, row => Assert.Equal(Math.Round(row.Value), Cell(row.Key, column), 0.5));
        Assert.Equal(fixedCosts.Values.Sum(), Cell("**Fixed**", column), 1.0);
        Assert.Equal(cap * DaysOfMonth * Price("logs, 1 GB"), Cell("Logs, at most (the daily cap)", column), 1.0);
        Assert.Equal(budget, Cell("**Budget**", column));
        Assert.True(fixedCosts.Values.Sum() < budget, "the budget is spent before anybody calls");
    }

    /// <summary>Over several zones, two for every group that scales by itself; otherwise as many as are asked for.</summary>
    private static double AlwaysReady(Bicep.Deployment deployment)
    {
        const string Scale = "properties.functionAppConfig.scaleAndConcurrency.";
        var app = deployment.Of("Microsoft.Web/sites").Single();
        var asked = Values.List(app.At(Scale + "alwaysReady")).Sum(group => (long)Values.At(group, "instanceCount")!);
        var instances = deployment.Of("Microsoft.Web/serverfarms").Single().At("properties.zoneRedundant") is true ? 2 * Groups() : asked;
        return instances * (long)app.At(Scale + "instanceMemoryMB")! / 1024 * Price("always ready instance, 1 GB");
    }

    /// <summary>HTTP, Durable, and each function of another trigger.</summary>
    private static int Groups() =>
        2 + CodeFacts.FunctionMethods().SelectMany(method => method.GetParameters())
            .Count(parameter => parameter.IsDefined(typeof(ServiceBusTriggerAttribute), false) || parameter.IsDefined(typeof(TimerTriggerAttribute), false));

    private static double Database(Bicep.Deployment deployment)
    {
        var server = deployment.Of("Microsoft.DBforPostgreSQL/flexibleServers").Single();
        var compute = server.At("sku.name") is "Standard_B1ms" ? Price("PostgreSQL, Standard_B1ms")
            : server.At("sku.name") is "Standard_D2ds_v5" ? Price("PostgreSQL, General Purpose, 2 vCores") : throw new InvalidOperationException($"The guide has no price for {server.At("sku.name")}.");
        var servers = server.At("properties.highAvailability.mode") is "Disabled" ? 1 : 2;
        return servers * (compute + (long)server.At("properties.storage.storageSizeGB")! * Price("PostgreSQL, storage, 1 GB"));
    }

    /// <summary>What an alert looks at: one series, or one for each queue.</summary>
    private static int Series(Bicep.Deployment deployment) =>
        deployment.Of("Microsoft.Insights/metricAlerts").SelectMany(alert => alert.At("properties.criteria.allOf") as List<object?> ?? [null])
            .Sum(criterion => criterion is not null && Values.List(Values.At(criterion, "dimensions")).Count > 0 ? Count(deployment, "Microsoft.ServiceBus/namespaces/queues") : 1);

    private static int Count(Bicep.Deployment deployment, string type) => deployment.Of(type).Count();

    private static double Price(string unit) => Cell(unit, 1);

    private static double Cell(string row, int column)
    {
        var line = Regex.Match(Guide, $@"^\| {Regex.Escape(row)} \|.*$", RegexOptions.Multiline);
        Assert.True(line.Success, $"The guide has no row {row}.");
        return double.Parse(line.Value.Split('|')[column + 1].Trim(' ', '*'), CultureInfo.InvariantCulture);
    }
}
