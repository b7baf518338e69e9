using System.Globalization;
using Npgsql;
using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Bicep;

namespace ToolboxAI.Tests.Deployment;

/// <summary>All instances together need no more connections than the database takes.</summary>
public sealed class ConnectionsTests
{
    /// <summary>
    /// What is left to users, by size: <see href="https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-limits">limits of the flexible server</see>.
    /// </summary>
    private static readonly Dictionary<string, int> Limits = new() { ["Standard_B1ms"] = 35, ["Standard_D2ds_v5"] = 844 };

    /// <summary>Of the smallest server only a few instances are served at once: it is a developer's own, and what is refused comes again.</summary>
    [Theory, InlineData("dev", 5), InlineData("staging", int.MaxValue), InlineData("production", int.MaxValue)]
    public async Task The_database_takes_the_connections_of_all_instances(string environment, int served)
    {
        var deployment = Bicep.Deployment.Of(await BicepTemplate.ReadAsync(), environment + ".bicepparam");
        var app = deployment.Of("Microsoft.Web/sites").Single();
        var instances = (long)app.At("properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount")!;
        var server = $"{deployment.Of("Microsoft.DBforPostgreSQL/flexibleServers").Single().At("sku.name")}";
        var settings = new NpgsqlConnectionStringBuilder(Values.List(app.At("properties.siteConfig.appSettings"))
            .Where(setting => Values.At(setting, "name") is "DatabaseConnection").Select(setting => Values.Text(Values.At(setting, "value"))).Single());

        var ofOne = (2 * settings.MaxPoolSize) + DatabaseConnections.MostOfTurns;

        Assert.True(ofOne * Math.Min(instances, served) <= Limits[server], string.Create(CultureInfo.InvariantCulture, $"{instances} instances of {ofOne} connections, and {server} takes {Limits[server]}"));
    }
}
