using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using ToolboxAI.Functions.Operations;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Bicep;

/// <summary>The application's own checks at its start, under the settings that each environment gives it.</summary>
public sealed partial class StartTests
{
    [Theory]
    [InlineData("dev", false), InlineData("staging", false), InlineData("production", false)]
    [InlineData("dev", true), InlineData("staging", true), InlineData("production", true)]
    public async Task The_application_starts_with_the_settings_of_an_environment(string environment, bool onlyNeededVariables) =>
        Assert.Empty(await Problems(await Settings(environment, onlyNeededVariables)));

    [Theory]
    [InlineData("KeyVault__Uri", "", "Set either KeyVault__Uri")]
    [InlineData("DatabaseAuthentication", "token", "DatabaseAuthentication is none of")]
    [InlineData("DatabaseConnection", "Hosts=db", "DatabaseConnection is malformed")]
    [InlineData("ServiceBusConnection__fullyQualifiedNamespace", "", "ServiceBusConnection is empty")]
    [InlineData("Secrets__RotateByItself", "yes", "Secrets__RotateByItself is malformed")]
    [InlineData("SendGrid__Sender", "billing@toolboxai.example", "SendGrid__Sender has the sample's value")]
    public async Task With_a_wrong_one_it_would_not(string setting, string value, string problem)
    {
        var settings = await Settings("production");
        Assert.Contains(setting, settings.Keys);

        Assert.StartsWith(problem, Assert.Single(await Problems(new(settings) { [setting] = value })).Replace("The setting ", ""));
    }

    private static async Task<Dictionary<string, string>> Settings(string environment, bool onlyNeededVariables = false)
    {
        var deployment = Deployment.Of(await BicepTemplate.ReadAsync(), environment + ".bicepparam", onlyNeededVariables);
        Assert.Empty(deployment.Findings);
        var app = deployment.Of("Microsoft.Web/sites").Single();
        return Values.List(app.At("properties.siteConfig.appSettings"))
            .ToDictionary(item => Values.Text(Values.At(item, "name")), item => Filled(Values.Text(Values.At(item, "value"))));
    }

    // What only a deployment knows stands there as its path.
    private static string Filled(string value) => Unknown().Replace(value, unknown => unknown.Value.Contains("vaultUri", StringComparison.Ordinal) ? "https://own.vault.azure.net/" : "own.example");

    private static async Task<IReadOnlyList<string>> Problems(Dictionary<string, string> settings)
    {
        var secrets = new InMemorySecrets(TimeProvider.System);
        foreach (var (name, value) in new[]
        {
            (SecretNames.StripeApiKey, "rk_live_1"), (SecretNames.StripeWebhookSecret, "whsec_1"), (SecretNames.SendGridApiKey, "SG.1"),
            (SecretNames.TokenSigningKey, Key(1)), (SecretNames.DataWrappingKey, Key(2)),
        })
        {
            await secrets.Add(name, new(new(value), "start"), TestContext.Current.CancellationToken);
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":"), (string?)setting.Value))).Build();
        await using var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration)
            .AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = settings["AZURE_FUNCTIONS_ENVIRONMENT"], ContentRootFileProvider = new NullFileProvider() })
            .AddData().AddSecrets().AddIdentity().AddEmail().AddBilling().AddDeployments().AddOperations()
            .AddSingleton<ISecrets>(secrets).BuildServiceProvider();
        return await StartupChecks.Problems(services, TestContext.Current.CancellationToken);
    }

    private static string Key(byte first) => Convert.ToBase64String([.. Enumerable.Range(first, 32).Select(number => (byte)number)]);

    [GeneratedRegex("<[^>]+>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unknown();
}
