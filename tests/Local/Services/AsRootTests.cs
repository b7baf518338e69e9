using System.Runtime.Versioning;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>PostgreSQL refuses to run as root.</summary>
[Collection("processes"), UnsupportedOSPlatform("windows")]
public sealed class AsRootTests
{
    [Fact]
    public async Task Where_user_namespaces_are_refused_PostgreSQL_runs_as_nobody_and_keeps_its_data()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root needs another account for PostgreSQL");
        var folder = Directory.CreateTempSubdirectory("toolboxai-test-").FullName; // 0700: nobody can't reach it
        var refusing = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "programs")).FullName, "unshare");
        await File.WriteAllTextAsync(refusing, "#!/bin/sh\nexit 1\n");
        File.SetUnixFileMode(refusing, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var environment = new Dictionary<string, string> { ["PATH"] = $"{Path.GetDirectoryName(refusing)}:{Environment.GetEnvironmentVariable("PATH")}" };

        string? home = null;
        for (var start = 1; start <= 2; start++)
        {
            await using var services = TestProcess.Start("ToolboxAI.Local.Services", environment, "--supervised", "--data", folder);
            await ProcessChecks.SaysAsync(services, "DatabaseConnection");
            await using (var database = NpgsqlDataSource.Create(StoredSettings.Superuser(folder)))
            {
                home = (string)(await database.CreateCommand("SHOW data_directory").ExecuteScalarAsync())!;
                await database.CreateCommand("CREATE TABLE IF NOT EXISTS public.starts (at timestamptz); INSERT INTO public.starts VALUES (now())").ExecuteNonQueryAsync();
                Assert.Equal((long)start, await database.CreateCommand("SELECT count(*) FROM public.starts").ExecuteScalarAsync());
            }

            Assert.Contains("Uid:\t65534\t", await File.ReadAllTextAsync($"/proc/{ProcessChecks.ProcessesOf(folder)["postgresql"]}/status"));
            await services.EndAsync(ProcessChecks.EndLimit);
        }

        Assert.DoesNotContain(folder, home);
        await RunningApplication.DeleteAsync(Path.GetDirectoryName(home!)!);
        await RunningApplication.DeleteAsync(folder);
    }
}
