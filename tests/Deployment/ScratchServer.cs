using System.Diagnostics;
using System.Text.Json.Nodes;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployment;

/// <summary>A PostgreSQL of a test's own, whose logins nobody else uses; it ends with this object.</summary>
public sealed class ScratchServer : IDisposable
{
    private readonly Process process;
    private readonly string superuser;

    private ScratchServer(Process process, string superuser) => (this.process, this.superuser) = (process, superuser);

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => new NpgsqlConnectionStringBuilder(superuser).Port;

    /// <summary>Starts one.</summary>
    public static async Task<ScratchServer> StartAsync()
    {
        var start = BuiltProgram.Start("ToolboxAI.Local.Services", "--scratch");
        start.RedirectStandardInput = true;                                          // its end is the server's end
        start.RedirectStandardOutput = true;
        var started = Process.Start(start)!;
        var line = await started.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("PostgreSQL did not start; standard error says why.");
        return new(started, JsonNode.Parse(line)!["Settings"]!["TOOLBOX_TEST_DATABASE"]!.GetValue<string>());
    }

    /// <summary>Runs statements, each on its own.</summary>
    public async Task RunAsync(params string[] statements)
    {
        await using var server = NpgsqlDataSource.Create(superuser);
        foreach (var statement in statements)
        {
            await using var command = server.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>One text.</summary>
    public async Task<string?> AskAsync(string question)
    {
        await using var server = NpgsqlDataSource.Create(superuser);
        await using var command = server.CreateCommand(question);
        return await command.ExecuteScalarAsync() as string;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit(TimeSpan.FromSeconds(30));
        process.Dispose();
    }
}
