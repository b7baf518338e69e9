using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Deployments;

/// <summary>The worked example of docs/guides/roblox-deployments.md does what the guide says. Its lines run as they stand, but for the port.</summary>
public sealed partial class GuideExampleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task A_studio_deploys_breaks_its_experience_and_takes_it_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The example is written for a POSIX shell.");
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "guides", "roblox-deployments.md"), TestContext.Current.CancellationToken);
        var lines = string.Concat(Examples().Matches(guide).Select(match => match.Groups["lines"].Value));
        await using var application = await RunningApplication.StartAsync();
        var folder = Directory.CreateTempSubdirectory("toolboxai-guide-").FullName;
        try
        {
            var said = await RunAsync(folder, lines.Replace("http://localhost:7071", application.Http.BaseAddress!.ToString().TrimEnd('/')));

            application.Http.DefaultRequestHeaders.Add("X-Api-Key", "tbx_local_development_key");
            var live = await ReadAsync(application, "/api/v1/experiences/treasure-hunt");
            Assert.Equal("1.0.0", live.GetProperty("version").GetString());
            Assert.Equal(JsonValueKind.Null, live.GetProperty("movingTo").ValueKind);
            Assert.Equal(2, live.GetProperty("versions").GetArrayLength());
            var deployments = (await ReadAsync(application, "/api/v1/deployments")).GetProperty("items").EnumerateArray().ToList();
            Assert.Equal(["succeeded", "succeeded", "rolledBack", "succeeded"], deployments.Select(deployment => deployment.GetProperty("status").GetString()));
            Assert.Contains("errors a minute", deployments[2].GetProperty("reason").GetString(), StringComparison.Ordinal);
            Assert.Contains("of treasure-hunt on production", said, StringComparison.Ordinal);

            var players = await ReadAsync(application, "/local/roblox/experiences/2003");
            var place = players.GetProperty("places").EnumerateArray().Single(place => place.GetProperty("placeId").GetString() == "3021");
            var versions = place.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("sha256").GetString()).ToList();
            Assert.Equal(versions[1], versions[^1]);                       // what is live is, byte for byte, the first edition
            Assert.Equal("""{"motd":"Welcome to production","rounds":5}""", players.GetProperty("entries")[0].GetProperty("value").GetRawText().Replace(" ", "").Replace("Welcometoproduction", "Welcome to production"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonElement> ReadAsync(RunningApplication application, string path)
    {
        using var answer = JsonDocument.Parse(await application.Http.GetStringAsync(path));
        return answer.RootElement.Clone();
    }

    private static async Task<string> RunAsync(string folder, string lines)
    {
        var tool = string.Join(' ', BuiltProgram.Start("toolbox").ArgumentList.Prepend(BuiltProgram.Dotnet).Select(part => $"'{part}'"));
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"set -e\ntoolbox() {{ {tool} \"$@\"; }}\n{lines}"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(Limit);
        var output = shell.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = shell.StandardError.ReadToEndAsync(limit.Token);
        await shell.WaitForExitAsync(limit.Token);
        Assert.True(shell.ExitCode == 0, $"{await output}\n{await errors}");
        return await output;
    }

    [GeneratedRegex(@"^```sh\n(?<lines>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Examples();
}
