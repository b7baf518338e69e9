using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Readme;

/// <summary>README's worked example does what README says it does. Its lines run as they stand, but for the port.</summary>
public sealed class WorkedExampleTests
{
    [Fact]
    public async Task A_failed_payment_is_dunned_to_its_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The example is written for a POSIX shell.");
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);
        var example = Regex.Match(readme, @"^```sh\n(?<lines>api=http.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Groups["lines"].Value;
        Assert.NotEmpty(example);
        await using var application = await RunningApplication.StartAsync();

        // Each command's answer on a line of its own, to be looked at one by one.
        var script = "set -e\n" + example.Replace("http://localhost:7071", application.Http.BaseAddress!.ToString().TrimEnd('/'))
            .Replace("\ncurl -s ", "\necho; curl -sS ");
        var answers = (await RunAsync(script)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(10, answers.Length);                     // three of the thirteen commands answer 204
        Assert.Equal("active", Field(answers[0], "status"));
        Assert.Equal("running", First(answers[2]).GetProperty("status").GetString());
        Assert.Equal("declined", First(answers[2]).GetProperty("tries")[0].GetProperty("result").GetString());
        Assert.Contains("failed", First(answers[3]).GetProperty("subject").GetString());
        Assert.Equal("recovered", First(answers[6]).GetProperty("status").GetString());
        Assert.Equal("paid", First(answers[6]).GetProperty("tries").EnumerateArray().Last().GetProperty("result").GetString());
        Assert.Equal("cancelled", First(answers[8]).GetProperty("status").GetString());
        Assert.Equal(6, First(answers[8]).GetProperty("tries").GetArrayLength());
        Assert.Equal("canceled", Field(answers[9], "status"));
    }

    private static JsonElement First(string answer) => JsonDocument.Parse(answer).RootElement.GetProperty("items")[0];

    private static string? Field(string answer, string name) => JsonDocument.Parse(answer).RootElement.GetProperty(name).GetString();

    private static async Task<string> RunAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, errors);
        return await output;
    }
}
