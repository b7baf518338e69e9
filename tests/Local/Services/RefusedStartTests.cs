using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using ToolboxAI.Local.Functions.Startup;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>Every start that can't succeed says so in one line that says what to do.</summary>
[Collection("processes"), UnsupportedOSPlatform("windows")]
public sealed class RefusedStartTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Nothing = [];
    private readonly string folder = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await RunningApplication.DeleteAsync(folder);

    [Fact]
    public async Task A_port_in_use()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var process = Application(Nothing, "--port", $"{port}");

        Assert.Equal($"Port {port} is in use: stop what listens there, or choose another with --port N.", await ProcessChecks.RefusalAsync(process));
    }

    [Fact]
    public async Task An_option_without_its_value_and_help()
    {
        await using var valueless = Application(Nothing, "--attach");
        Assert.Equal($"--attach needs a value. {StartOptions.Usage}", await ProcessChecks.RefusalAsync(valueless));

        await using var help = Application(Nothing, "--help");
        Assert.Equal(0, await help.ExitAsync(ProcessChecks.EndLimit));
        Assert.Equal(StartOptions.Usage, help.Output.Trim());
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_second_copy_on_the_same_data()
    {
        await using var first = await RunningApplication.StartAsync(folder);

        await using var second = Application(Nothing);
        var said = await ProcessChecks.RefusalAsync(second);

        Assert.StartsWith($"Another copy is running on {folder} (services, process ", said);
        Assert.Contains("--data DIR", said);
        Assert.Contains("--attach FILE", said);
        Assert.Equal("running", (await first.ServicesAsync())[1].State);
    }

    [Fact]
    public async Task A_damaged_data_folder_and_fresh_mends_it()
    {
        await using (var first = await RunningApplication.StartAsync(folder))
        {
            await first.Process.TerminateAsync();
            await first.Process.ExitAsync(ProcessChecks.EndLimit);
        }

        var control = Path.Combine(folder, "postgres", "global", "pg_control");
        await File.WriteAllBytesAsync(control, new byte[8192]);
        await using var broken = Application(Nothing);
        Assert.Matches($"^The data folder {folder} is damaged .* or start over with --fresh[.]$", await ProcessChecks.RefusalAsync(broken));

        File.Delete(Path.Combine(folder, "passwords.json"));
        await using var keyless = Application(Nothing);
        Assert.Contains("is damaged (passwords.json is missing)", await ProcessChecks.RefusalAsync(keyless));

        await File.WriteAllTextAsync(Path.Combine(folder, "passwords.json"), "{");
        await using var scrambled = Application(Nothing);
        Assert.Contains("is damaged (passwords.json can't be read)", await ProcessChecks.RefusalAsync(scrambled));

        await using var fresh = Application(Nothing, "--fresh");
        await ProcessChecks.SaysAsync(fresh, "tbx_local_development_key");
        await fresh.EndAsync(ProcessChecks.EndLimit);
    }

    [Fact]
    public async Task A_damaged_storage_ends_the_application_that_did_not_wait_for_it()
    {
        var storage = Directory.CreateDirectory(Path.Combine(folder, "azurite"));
        await File.WriteAllTextAsync(Path.Combine(storage.FullName, "__azurite_db_blob__.json"), "{");

        await using var broken = Application(Nothing);

        Assert.Equal(1, await broken.ExitAsync(TimeSpan.FromSeconds(90)));
        Assert.Contains($"The data folder {folder} is damaged (Azurite does not start: ", broken.Output);
    }

    [Fact]
    public async Task A_missing_Node()
    {
        var empty = Directory.CreateDirectory(Path.Combine(folder, "no-programs")).FullName;

        await using var process = Application(new Dictionary<string, string> { ["PATH"] = empty });

        Assert.StartsWith("Node.js 20 or newer is needed to run locally: install it", await ProcessChecks.RefusalAsync(process));
    }

    [Fact]
    public async Task An_old_Node()
    {
        var programs = Directory.CreateDirectory(Path.Combine(folder, "old-programs")).FullName;
        var node = Path.Combine(programs, "node");
        await File.WriteAllTextAsync(node, "#!/bin/sh\necho '{\"event\":\"ready\",\"node\":\"18.20.4\"}'\ncat > /dev/null\n");
        File.SetUnixFileMode(node, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await using var process = Application(new Dictionary<string, string> { ["PATH"] = programs + ":/usr/bin:/bin" });

        Assert.EndsWith("(Found: 18.20.4.)", await ProcessChecks.RefusalAsync(process));
    }

    [Fact]
    public async Task Services_to_attach_to_that_are_not_there()
    {
        await using var missing = Application(Nothing, "--attach", Path.Combine(folder, "services.json"));
        Assert.StartsWith("Can't read the settings file", await ProcessChecks.RefusalAsync(missing));

        var file = Path.Combine(folder, "attach.json");
        await File.WriteAllTextAsync(file, """
            {"Values":{"ToolboxLocal__Database":"Host=127.0.0.1","ToolboxLocal__Services":"http://127.0.0.1:1","DatabaseConnection":"Host=127.0.0.1",
            "ServiceBusConnection":"Host=127.0.0.1","AzureWebJobsStorage":"UseDevelopmentStorage=true"}}
            """);
        await using var gone = Application(Nothing, "--attach", file);
        Assert.StartsWith("No services answer at http://127.0.0.1:1", await ProcessChecks.RefusalAsync(gone));
    }

    [Fact]
    public async Task A_value_of_the_sample_outside_Development()
    {
        await using var process = Application(new Dictionary<string, string>
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production",
            ["SendGrid__Sender"] = "billing@toolboxai.example",
            ["Stripe__WebhookSecret"] = "whsec_local",
        });

        Assert.Equal(1, await process.ExitAsync(ProcessChecks.EndLimit));
        Assert.Contains("- SendGrid__Sender has the sample's value", process.Output);
        Assert.Contains("- Stripe__WebhookSecret is set: a secret does not stand in a setting", process.Output);
        Assert.Contains("- The setting DatabaseConnection is empty", process.Output);
        Assert.Empty(Directory.GetFileSystemEntries(folder)); // and nothing was started
    }

    [Fact]
    public async Task The_services_outside_Development()
    {
        await using var process = TestProcess.Start(
            "ToolboxAI.Local.Services", new Dictionary<string, string> { ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production" }, "--data", folder);

        Assert.Equal("The services are for development only: set AZURE_FUNCTIONS_ENVIRONMENT=Development.", await ProcessChecks.RefusalAsync(process));
    }

    private TestProcess Application(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        string[] data = args.Contains("--attach") ? [] : ["--data", folder];
        string[] port = args.Contains("--port") ? [] : ["--port", "0"];
        return TestProcess.Start("ToolboxAI.Functions", environment, ["--supervised", .. port, .. data, .. args]);
    }
}
