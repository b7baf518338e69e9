using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Support;

/// <summary>
/// The PostgreSQL of a test run: the one that <c>TOOLBOX_TEST_DATABASE</c> names, or else one that the services' program
/// starts for this process at its first use and ends with it.
/// </summary>
public static class TestServer
{
    private const string Setting = "TOOLBOX_TEST_DATABASE";
    private static readonly Lazy<Task<string>> Started = new(StartAsync);

    // Held for as long as the test process lives: a collected process closes its input, and that ends the server.
    private static Process? server;

    /// <summary>Whether its commits reach the disk; tests need no such thing, measurements do. To be set before its first use.</summary>
    public static bool IsDurable { get; set; }

    /// <summary>A superuser's connection string.</summary>
    public static Task<string> ConnectionStringAsync() =>
        Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } given ? Task.FromResult(given) : Started.Value;

    private static async Task<string> StartAsync()
    {
        var start = BuiltProgram.Start("ToolboxAI.Local.Services", IsDurable ? ["--scratch", "--durable"] : ["--scratch"]);
        start.RedirectStandardInput = true; // its end, whatever the reason, is the server's end
        start.RedirectStandardOutput = true;
        server = Process.Start(start)!;
        var line = await server.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The test run's PostgreSQL did not start; standard error says why.");
        return JsonNode.Parse(line)!["Settings"]?[Setting]?.GetValue<string>() ?? throw new InvalidOperationException(line);
    }
}
