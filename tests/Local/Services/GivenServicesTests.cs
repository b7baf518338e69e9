using System.Net.Http.Json;
using System.Runtime.Versioning;
using ToolboxAI.Local.Installation;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>Whose settings win, and what is started for which.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class GivenServicesTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await RunningApplication.DeleteAsync(folder);
    }

    [Fact]
    public async Task A_service_whose_setting_is_given_is_used_and_not_started()
    {
        var given = new Dictionary<string, string>
        {
            ["ToolboxLocal__Database"] = database.ConnectionString,
            ["DatabaseConnection"] = database.ConnectionString,
            ["AzureWebJobsStorage"] = "BlobEndpoint=http://storage.example/account;SharedAccessSignature=secret",
            ["Stripe__ApiBase"] = "http://stripe.example",
        };
        await using var services = TestProcess.Start("ToolboxAI.Local.Services", given, "--data", folder);
        await ProcessChecks.SaysAsync(services, "Start an application on them");

        var file = Path.Combine(folder, "services.json");
        using var client = new HttpClient();
        var states = await client.GetFromJsonAsync<RunningService[]>(StoredSettings.Value(file, "ToolboxLocal__Services") + "/local/services");

        Assert.Equal(["postgresql given", "azurite given", "stripe given", "sendgrid running", "roblox running", "keyvault running"], states!.Select(s => $"{s.Name} {s.State}"));
        Assert.Equal("http://storage.example/account", states![1].Address);
        Assert.DoesNotContain("secret", services.Output);
        Assert.Equal(["services", "supervisor"], ProcessChecks.ProcessesOf(folder).Keys.Order());
        Assert.Equal(given, given.Keys.ToDictionary(name => name, name => StoredSettings.Value(file, name))); // an application needs them too

        await services.TerminateAsync();
        Assert.Equal(0, await services.ExitAsync(ProcessChecks.EndLimit));
    }

    [Fact]
    public async Task The_environment_wins_over_the_attached_file_and_that_over_the_sample()
    {
        var attach = Path.Combine(folder, "attach.json");
        await File.WriteAllTextAsync(attach, """{"Values":{"SendGrid__Sender":"attached@example.org","Test:Precedence":"attached"}}""");
        Environment.SetEnvironmentVariable("Test__Precedence", "environment");

        var settings = LocalSettings.Load(development: true, attach);

        Assert.Equal("environment", settings["Test__Precedence"]);
        Assert.Equal("attached@example.org", settings["SendGrid__Sender"]);
        Assert.NotEqual("", settings["Messaging__Queues"]);
    }
}
