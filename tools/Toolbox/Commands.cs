using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using ToolboxAI.Shared.Deployments.Content;

namespace ToolboxAI.Tools;

/// <summary>The commands: each is a few calls of the API.</summary>
public sealed class Commands(Func<ParseResult, (ToolboxApi Api, Screen Screen)> open)
{
    private readonly Option<string> manifest = new("--manifest", "-m") { Description = "The manifest.", DefaultValueFactory = _ => "toolbox.yml" };
    private readonly Option<string> environment = new("--environment", "-e") { Description = "Where to.", DefaultValueFactory = _ => "production" };
    private readonly Option<string?> version = new("--version-number") { Description = "The release's semantic version; the next one when it is not given." };
    private readonly Option<string?> commit = new("--commit") { Description = "The source's commit, for the record." };
    private readonly Option<string?> to = new("--to") { Description = "The version to bring back; the one before when it is not given." };
    private readonly Option<bool> noWait = new("--no-wait") { Description = "Start, and don't wait for the end." };
    private readonly Argument<string> experience = new("experience") { Description = "The experience's name." };

    /// <summary>Adds the commands.</summary>
    public void AddTo(RootCommand root)
    {
        root.Add(Command("plan", "Shows what a deployment would do.", Plan, manifest, environment, version, commit));
        root.Add(Command("diff", "Shows only what would change; exit code 6 when something would.", Diff, manifest, environment, version, commit));
        root.Add(Command("deploy", "Plans and deploys, and shows the progress; run again after Ctrl-C it goes on.", Deploy, manifest, environment, version, commit, noWait));
        root.Add(Command("scan", "Scans the scripts of all places and models.", Scan, manifest, environment));
        var status = Command("status", "Shows what is live and what is under way.", Status, environment);
        var rollback = Command("rollback", "Brings an earlier version back, whatever runs.", RollBack, to, environment, noWait);
        status.Add(experience);
        rollback.Add(experience);
        root.Add(status);
        root.Add(rollback);
    }

    private Command Command(string name, string description, Func<ParseResult, ToolboxApi, Screen, CancellationToken, Task<int>> run, params Option[] options)
    {
        var command = new Command(name, description);
        Array.ForEach(options, command.Add);
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                var (api, screen) = open(parsed);
                using (api)
                {
                    return await run(parsed, api, screen, ct);
                }
            }
            catch (ToolboxException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return e.ExitCode;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync("Interrupted. What was begun goes on at the server; the same command takes it up again.");
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    private async Task<int> Plan(ParseResult parsed, ToolboxApi api, Screen screen, CancellationToken ct)
    {
        var plan = await MakePlan(parsed, api, screen, ct);
        screen.Result(plan, console => Reports.Plan(console, plan, all: true));
        return plan["blocked"]!.AsArray().Count > 0 ? ExitCodes.Refused : ExitCodes.Ok;
    }

    private async Task<int> Diff(ParseResult parsed, ToolboxApi api, Screen screen, CancellationToken ct)
    {
        var plan = await MakePlan(parsed, api, screen, ct);
        screen.Result(plan, console => Reports.Plan(console, plan, all: false));
        return Reports.Changes(plan) ? ExitCodes.Different : ExitCodes.Ok;
    }

    private async Task<int> Deploy(ParseResult parsed, ToolboxApi api, Screen screen, CancellationToken ct)
    {
        // An interrupted command of the same experience is taken up again, not begun anew.
        var project = Project.Read(parsed.GetValue(manifest)!, parsed.GetValue(environment)!);
        if (await UnderWay(api, project.Manifest.Experience, parsed.GetValue(environment)!, ct) is { } running)
        {
            screen.Say($"Deployment {running["id"]} is under way; following it.");
            return await Follow(running, parsed, api, screen, ct);
        }

        var plan = await MakePlan(parsed, api, screen, ct);
        if (plan["blocked"]!.AsArray() is { Count: > 0 } blocked)
        {
            screen.Result(plan, console => Reports.Plan(console, plan, all: false));
            throw new ToolboxException(ExitCodes.Refused, $"The plan is blocked: {blocked[0]}");
        }

        if (!Reports.Changes(plan))
        {
            screen.Result(plan, console => Reports.Plan(console, plan, all: false));
            return ExitCodes.Ok;
        }

        var started = await api.Post("api/v1/deployments", new JsonObject { ["planHash"] = plan["planHash"]!.GetValue<string>() }, ct);
        screen.Say($"Deployment {started["id"]} of version {started["version"]} has started.");
        return await Follow(started, parsed, api, screen, ct);
    }

    private async Task<int> RollBack(ParseResult parsed, ToolboxApi api, Screen screen, CancellationToken ct)
    {
        var name = parsed.GetValue(experience)!;
        if (await UnderWay(api, name, parsed.GetValue(environment)!, ct) is { } running && running["kind"]!.GetValue<string>() == "rollback"
            && parsed.GetValue(to) is var wanted && (wanted is null || running["version"]!.GetValue<string>() == wanted))
        {
            return await Follow(running, parsed, api, screen, ct);
        }

        var undone = await Undone(api, name, parsed.GetValue(environment)!, ct);
        var started = await api.Post($"api/v1/deployments/{undone}/rollback", new JsonObject { ["to"] = parsed.GetValue(to) }, ct);
        screen.Say($"Rollback {started["id"]} to version {started["version"]} has started.");
        return await Follow(started, parsed, api, screen, ct);
    }

    /// <summary>The deployment that a rollback undoes: the one that brought the live version; while places are between versions, the newest, which moved them.</summary>
    private static async Task<string> Undone(ToolboxApi api, string name, string environment, CancellationToken ct)
    {
        var newest = (await api.Get($"api/v1/deployments?limit=200&experience={Uri.EscapeDataString(name)}", ct))["items"]!.AsArray()
            .FirstOrDefault(deployment => deployment!["environment"]!.GetValue<string>() == environment)
            ?? throw new ToolboxException(ExitCodes.Usage, $"Nothing was ever deployed to {name} on {environment}.");
        var state = await api.Get($"api/v1/experiences/{Uri.EscapeDataString(name)}?environment={Uri.EscapeDataString(environment)}", ct);
        var live = state["movingTo"] is null
            ? state["versions"]!.AsArray().FirstOrDefault(version => version!["version"]!.GetValue<string>() == state["version"]?.GetValue<string>())
            : null;
        return live?["deploymentId"]!.GetValue<string>() ?? newest["id"]!.GetValue<string>();
    }

    private async Task<int> Status(ParseResult parsed, ToolboxApi api, Screen screen, CancellationToken ct)
    {
        var (name, at) = (parsed.GetValue(experience)!, parsed.GetValue(environment)!);
        var live = await api.Get($"api/v1/experiences/{Uri.EscapeDataString(name)}?environment={Uri.EscapeDataString(at)}", ct);
        var deployments = await api.Get($"api/v1/deployments?limit=5&experience={Uri.EscapeDataString(name)}", ct);
        live["deployments"] = deployments["items"]!.DeepClone();
        screen.Result(live, console => Reports.Status(console, live));
        return ExitCodes.Ok;
    }

    private async Task<int> Scan(ParseResult parsed, ToolboxApi api, Screen screen, CancellationToken ct)
    {
        var project = Project.Read(parsed.GetValue(manifest)!, parsed.GetValue(environment)!);
        var scans = new JsonObject();
        foreach (var file in project.Manifest.Places.Values.Concat(project.Manifest.Assets.Where(asset => asset.Type == "Model").Select(asset => asset.File)))
        {
            scans[file] = await api.PostFile("api/v1/scripts/scan", project.Files[file], ct);
        }

        screen.Result(scans, console => Reports.Scan(console, scans));
        return scans.Any(scan => scan.Value!["verdict"]!.GetValue<string>() == "refuse") ? ExitCodes.Refused : ExitCodes.Ok;
    }

    private async Task<JsonNode> MakePlan(ParseResult parsed, ToolboxApi api, Screen screen, CancellationToken ct)
    {
        var at = parsed.GetValue(environment)!;
        var project = Project.Read(parsed.GetValue(manifest)!, at);
        await screen.Uploading([.. project.Files.Keys], async progress =>
        {
            foreach (var (name, content) in project.Files)
            {
                await api.Upload(ContentHash.Of(content), content, progress(name), ct);
            }
        });
        return await api.Post("api/v1/deployments/plan", project.PlanRequest(at, parsed.GetValue(version), parsed.GetValue(commit)), ct);
    }

    private async Task<int> Follow(JsonNode deployment, ParseResult parsed, ToolboxApi api, Screen screen, CancellationToken ct)
    {
        if (parsed.GetValue(noWait))
        {
            screen.Result(deployment, _ => { });
            return ExitCodes.Ok;
        }

        await foreach (var state in api.Follow(deployment["id"]!.GetValue<string>(), ct))
        {
            deployment = state;
            screen.Timeline(state);
            if (Outcome.Waits(state))
            {
                break;
            }
        }

        screen.Result(deployment, console => console.MarkupLine($"{deployment["id"]}: {Screen.Coloured(Outcome.Status(deployment))} {Markup.Escape(deployment["reason"]?.GetValue<string>() ?? "")}"));
        return Outcome.ExitCode(deployment);
    }

    private static async Task<JsonNode?> UnderWay(ToolboxApi api, string experience, string environment, CancellationToken ct)
    {
        var latest = (await api.Get($"api/v1/deployments?limit=1&experience={Uri.EscapeDataString(experience)}", ct))["items"]!.AsArray();
        return latest is [{ } first] && !Outcome.HasEnded(first) && first["environment"]!.GetValue<string>() == environment ? first : null;
    }
}
