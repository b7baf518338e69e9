using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>The application and its services as processes.</summary>
[Collection("processes"), UnsupportedOSPlatform("windows")]
public sealed class ApplicationProcessTests : IAsyncLifetime
{
    private RunningApplication application = null!;

    public async ValueTask InitializeAsync() => application = await RunningApplication.StartAsync();

    public ValueTask DisposeAsync() => application.DisposeAsync();

    [Fact]
    public async Task It_says_what_runs_where_the_key_and_what_to_try_next()
    {
        var services = await application.ServicesAsync();

        Assert.Equal(["application", "postgresql", "azurite", "stripe", "sendgrid", "roblox", "keyvault"], services.Select(s => s.Name));
        Assert.All(services, service => Assert.Equal("running", service.State));
        Assert.All(services, service => Assert.True(ProcessChecks.IsAlive(service.Pid!.Value), service.Name));
        Assert.Equal(application.Process.Id, services[0].Pid);
        for (var deadline = DateTime.UtcNow.AddSeconds(15); !application.Process.Output.Contains("curl ") && DateTime.UtcNow < deadline;)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);          // it answers a moment before it has printed the table
        }

        Assert.Contains("tbx_local_development_key", application.Process.Output);
        Assert.Contains("curl ", application.Process.Output);
        Assert.All(services, service => Assert.Contains(service.Address!, application.Process.Output));

        // Ports that no connection which goes out is given, so that none is taken between its choice and its use.
        var ports = JsonSerializer.Deserialize<Dictionary<string, int>>(await File.ReadAllTextAsync(Path.Combine(application.Data, "ports.json"), TestContext.Current.CancellationToken))!;
        Assert.Contains("postgresql", ports.Keys);
        Assert.All(ports.Values, port => Assert.InRange(port, 20_000, 32_767));
    }

    [Fact]
    public async Task Azurite_starts_from_what_was_compiled_of_it()
    {
        var log = await File.ReadAllTextAsync(Path.Combine(application.Data, "logs", "azurite.log"), TestContext.Current.CancellationToken);

        Assert.DoesNotContain("another Node.js", log, StringComparison.Ordinal);
        Assert.Contains("Azurite Blob service is successfully listening", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_ends_everything_within_ten_seconds()
    {
        var processes = ProcessChecks.ProcessesOf(application.Data);
        Assert.Subset(processes.Keys.ToHashSet(), new HashSet<string> { "services", "supervisor", "postgresql", "azurite" });

        await application.Process.TerminateAsync();

        Assert.Equal(0, await application.Process.ExitAsync(ProcessChecks.EndLimit));
        Assert.DoesNotContain(processes.Values, ProcessChecks.IsAlive);
    }

    [Fact]
    public async Task A_killed_application_leaves_no_orphan_and_its_data_stay()
    {
        var processes = ProcessChecks.ProcessesOf(application.Data);
        await using (var database = NpgsqlDataSource.Create(StoredSettings.Superuser(application.Data)))
        {
            await database.CreateCommand("CREATE TABLE public.kept AS SELECT 42 AS answer").ExecuteNonQueryAsync();
        }

        await application.Process.KillAsync();
        await application.RestartAsync(); // at once: it waits for what is still dying

        await ProcessChecks.AllGoneAsync(processes.Values);
        await using var again = NpgsqlDataSource.Create(StoredSettings.Superuser(application.Data));
        Assert.Equal(42, await again.CreateCommand("SELECT answer FROM public.kept").ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_killed_services_process_leaves_no_orphan_and_ends_the_application()
    {
        var processes = ProcessChecks.ProcessesOf(application.Data);

        await TestProcess.SignalAsync(processes["services"], "KILL");

        var code = await application.Process.ExitAsync(TimeSpan.FromSeconds(20));
        Assert.True(code == 1, $"It ended with {code}. {application.Process.Output}");
        await ProcessChecks.AllGoneAsync(processes.Values);
        Assert.Contains("services have ended", application.Process.Output);
    }

    [Fact]
    public async Task Services_that_are_killed_while_its_triggers_start_end_the_application_as_at_any_other_time()
    {
        await application.Process.TerminateAsync();
        await application.Process.ExitAsync(ProcessChecks.EndLimit);
        var port = RunningApplication.FreePort();
        await using var starting = TestProcess.Start("ToolboxAI.Functions", new Dictionary<string, string>(), "--port", $"{port}", "--data", application.Data);
        await ListensAsync(port);

        await TestProcess.SignalAsync(ProcessChecks.ProcessesOf(application.Data)["services"], "KILL");

        var code = await starting.ExitAsync(TimeSpan.FromSeconds(20));
        Assert.True(code == 1, $"It ended with {code}. {starting.Output}");
        Assert.Contains("services have ended", starting.Output);
        Assert.DoesNotContain("Unhandled exception. ", starting.Output);
    }

    [Fact]
    public async Task A_killed_supervisor_s_children_are_ended_by_the_next_start()
    {
        var processes = ProcessChecks.ProcessesOf(application.Data);

        await TestProcess.SignalAsync(processes["supervisor"], "KILL");
        await application.Process.KillAsync();
        await application.RestartAsync();

        await ProcessChecks.AllGoneAsync(processes.Values);
    }

    [Fact]
    public async Task A_killed_PostgreSQL_comes_back_and_the_application_goes_on()
    {
        // It answers a moment before its triggers run; a database that dies in that moment ends a start.
        await ApplicationOnServices.Until(
            () => Task.FromResult(application.Process.Output.Contains("functions run at", StringComparison.Ordinal)), TimeSpan.FromMinutes(2), () => application.Process.Output);
        var before = ProcessChecks.ProcessesOf(application.Data)["postgresql"];

        await TestProcess.SignalAsync(before, "KILL");
        await ProcessChecks.AllGoneAsync([before]);

        await application.ReadyAsync();
        Assert.NotEqual(before, ProcessChecks.ProcessesOf(application.Data)["postgresql"]);
    }

    /// <summary>Waits until a port takes connections: that is before the triggers start.</summary>
    private static async Task ListensAsync(int port)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException)
            {
                Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(2), $"Nobody listens on {port}.");
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }
    }
}
