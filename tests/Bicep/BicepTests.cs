using System.Text.Json;

namespace ToolboxAI.Tests.Bicep;

/// <summary>The environments of bicep/, checked as far as that is possible without Azure.</summary>
public sealed class BicepTests
{
    private static readonly string[] Environments = ["dev.bicepparam", "staging.bicepparam", "production.bicepparam"];

    [Fact]
    public async Task The_templates_parse_and_every_name_in_them_means_something()
    {
        var folder = await BicepTemplate.ReadAsync();

        Assert.Equal(Environments.Order(), folder.ParameterFiles.Select(file => file.Path).Order());
        Nothing(References.Broken(folder).Concat(References.Untidy(folder)));
    }

    [Theory, InlineData("dev"), InlineData("staging"), InlineData("production")]
    public async Task Every_resource_of_an_environment_is_one_that_Azure_knows(string environment)
    {
        var deployment = await DeployAsync(environment);

        Assert.True(deployment.Resources.Count > 40, $"only {deployment.Resources.Count} resources");
        Nothing(deployment.Findings.Concat(deployment.Resources.SelectMany(ResourceFacts.Instance.Check)));
    }

    [Theory, InlineData("dev"), InlineData("staging"), InlineData("production")]
    public async Task An_environment_keeps_the_policies(string environment)
    {
        var folder = await BicepTemplate.ReadAsync();

        Nothing(Policies.Check(folder, Deployment.Of(folder, environment + ".bicepparam"), environment == "production"));
    }

    [Theory, InlineData("dev"), InlineData("staging"), InlineData("production")]
    public async Task An_environment_has_everything_that_an_operator_relies_on(string environment)
    {
        var folder = await BicepTemplate.ReadAsync();

        Nothing(Equipment.Check(folder, Deployment.Of(folder, environment + ".bicepparam"), environment == "production"));
    }

    [Theory, InlineData("dev"), InlineData("staging"), InlineData("production")]
    public async Task An_environment_has_what_the_code_needs_and_nothing_else(string environment) =>
        Nothing(Agreement.Check(CodeFacts.Read(), await DeployAsync(environment)));

    [Fact]
    public async Task Every_known_type_is_used_and_every_version_is_the_same_throughout()
    {
        var used = (await DeployAsync("production")).Resources.Concat((await DeployAsync("dev")).Resources).Select(resource => $"{resource.Type}@{resource.Version}").ToHashSet();

        Assert.Empty(ResourceFacts.Instance.Known.Select(type => $"{type.Type}@{type.Version}").Except(used));
        Assert.Empty(used.GroupBy(type => type.Split('@')[0]).Where(versions => versions.Count() > 1).Select(versions => versions.Key));
    }

    [Fact]
    public void Every_known_type_names_its_source_and_is_of_a_recent_version()
    {
        Assert.All(ResourceFacts.Instance.Known, type =>
        {
            Assert.Matches(@"^((bicep-types-az|bicep-registry-modules):[\w./-]+@[0-9a-f]{8} ?)+$", type.Source);
            Assert.Matches("^(logs, metrics|logs|metrics|none: .+)$", type.Diagnostics);
            Assert.True(type.IsNewest || string.CompareOrdinal(type.Version, "2024-01-01") >= 0, $"{type.Type}@{type.Version} is old");
            Assert.True(type.IsNewest || !type.Version.EndsWith("preview", StringComparison.Ordinal), $"{type.Type}@{type.Version} is a preview");
            Assert.False(type.Source.StartsWith("bicep-types-az", StringComparison.Ordinal) && !type.Source.Contains($"/{type.Version}@", StringComparison.Ordinal), $"{type.Type}@{type.Version} was read in another version");
        });
    }

    [Fact]
    public async Task Two_environments_in_one_subscription_share_no_name()
    {
        var names = new List<string>();
        foreach (var environment in new[] { "dev", "staging", "production" })
        {
            names.AddRange((await DeployAsync(environment)).Resources.Where(resource => resource.On.Length == 0 && !resource.Name.Contains('/') && resource.Name.Contains("toolbo")).Select(resource => $"{resource.Type}/{resource.Name}"));
        }

        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names.Where(name => name.Contains("storageAccounts")), name => Assert.Matches("/[a-z0-9]{3,24}$", name));
        Assert.All(names.Where(name => name.Contains("vaults")), name => Assert.Matches("/[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$", name));
    }

    [Fact]
    public async Task Production_costs_more_than_staging_and_staging_more_than_dev()
    {
        var budgets = new List<long>();
        foreach (var environment in new[] { "dev", "staging", "production" })
        {
            budgets.Add((long)(await DeployAsync(environment)).Of("Microsoft.Consumption/budgets").Single().At("properties.amount")!);
        }

        Assert.Equal(budgets.Order(), budgets);
    }

    [Fact]
    public async Task The_workbook_is_JSON_and_asks_for_what_there_is()
    {
        var workbook = (await DeployAsync("dev")).Of("Microsoft.Insights/workbooks").Single();
        using var data = JsonDocument.Parse(Values.Text(workbook.At("properties.serializedData")));

        Assert.All(data.RootElement.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("type").GetInt32() == 3), item =>
            Assert.Matches("^(requests|dependencies|exceptions|traces|customMetrics) \\|", item.GetProperty("content").GetProperty("query").GetString()));
    }

    [Fact]
    public async Task The_same_parameters_give_the_same_environment()
    {
        var folder = await BicepTemplate.ReadAsync();

        Assert.Equal(Deployment.Of(folder, "production.bicepparam").Resources.Select(resource => resource.Id), Deployment.Of(folder, "production.bicepparam").Resources.Select(resource => resource.Id));
    }

    private static void Nothing(IEnumerable<Finding> findings) => Assert.True(!findings.Any(), string.Join('\n', findings));

    private static async Task<Deployment> DeployAsync(string environment) => Deployment.Of(await BicepTemplate.ReadAsync(), environment + ".bicepparam");
}
