using System.Text.Json.Nodes;
using Spectre.Console;

namespace ToolboxAI.Tools;

/// <summary>Answers of the API for people.</summary>
public static class Reports
{
    /// <summary>A plan; all of it, or only what changes.</summary>
    public static void Plan(IAnsiConsole console, JsonNode plan, bool all)
    {
        console.MarkupLine($"Version [bold]{plan["version"]}[/] of {plan["experience"]} on {plan["environment"]}");
        foreach (var change in plan["changes"]!.AsArray().Where(change => all || change!["action"]!.GetValue<string>() != "unchanged"))
        {
            var (sign, colour) = change!["action"]!.GetValue<string>() switch { "create" => ("+", "green"), "update" => ("~", "yellow"), "remove" => ("-", "red"), _ => (" ", "grey") };
            console.MarkupLine($"[{colour}]{sign} {change["kind"]} {Escape(change["name"])}[/]");
        }

        if (!all)
        {
            console.Write(Changes(plan) ? "" : "Nothing would change.\n");
            return;
        }

        var cost = plan["cost"]!;
        console.MarkupLine($"Costs up to {cost["robux"]} Robux; {cost["uploads"]!.AsObject().Sum(upload => upload.Value!.GetValue<int>())} uploads");
        Lines(console, "Can't be undone", plan["cannotBeUndone"]);
        Lines(console, "By hand", plan["byHand"]);
        Lines(console, "Scripts need more than before", plan["capabilitiesWidened"]);
        foreach (var finding in plan["findings"]!.AsArray())
        {
            console.MarkupLine($"[yellow]{Escape(finding!["file"])} {Escape(finding["script"])}:{finding["line"]}[/] {Escape(finding["message"])} ({finding["rule"]})");
        }

        if (plan["restart"] is JsonArray restart)
        {
            console.MarkupLine($"A restart affects {restart.Sum(place => place!["players"]!.GetValue<int>())} players on {restart.Sum(place => place!["servers"]!.GetValue<int>())} servers");
        }

        Lines(console, "[red]Blocked[/]", plan["blocked"]);
        console.MarkupLine($"[grey]Plan {plan["planHash"]}, until {plan["appliesUntil"]}[/]");
    }

    /// <summary>Would a plan change anything?</summary>
    public static bool Changes(JsonNode plan) => plan["changes"]!.AsArray().Any(change => change!["action"]!.GetValue<string>() != "unchanged");

    /// <summary>What is live and what is under way.</summary>
    public static void Status(IAnsiConsole console, JsonNode live)
    {
        console.MarkupLine(live["movingTo"] is { } moving
            ? $"{live["experience"]} on {live["environment"]}: [yellow]places move to {moving}[/]; complete last was {live["version"]?.ToString() ?? "nothing"}"
            : $"{live["experience"]} on {live["environment"]}: version [bold]{live["version"]?.ToString() ?? "none"}[/]");
        var table = new Table().AddColumns("deployment", "kind", "version", "status", "started");
        table.Columns[0].NoWrap();
        foreach (var deployment in live["deployments"]!.AsArray())
        {
            table.AddRow(Escape(deployment!["id"]), Escape(deployment["kind"]), Escape(deployment["version"]), Screen.Coloured(Outcome.Status(deployment)), Escape(deployment["startedAt"])[..16].Replace('T', ' '));
        }

        console.Write(table);
        if (live["deployments"]!.AsArray().Select(deployment => deployment!["pausedUntil"]).FirstOrDefault(until => until is not null) is { } paused)
        {
            console.MarkupLine($"[yellow]Roblox does not answer; calls go on at {Escape(paused)[11..19]}[/]");
        }
    }

    /// <summary>What scans found.</summary>
    public static void Scan(IAnsiConsole console, JsonObject scans)
    {
        foreach (var (file, scan) in scans)
        {
            var colour = scan!["verdict"]!.GetValue<string>() switch { "clean" => "green", "review" => "yellow", _ => "red" };
            console.MarkupLine($"[{colour}]{Markup.Escape(file)}: {scan["verdict"]}[/]");
            foreach (var script in scan["scripts"]!.AsArray())
            {
                foreach (var finding in script!["findings"]!.AsArray())
                {
                    console.MarkupLine($"  {Escape(script["path"])}:{finding!["location"]!["line"]} {Escape(finding["message"])} ({finding["rule"]})");
                }
            }
        }
    }

    private static void Lines(IAnsiConsole console, string title, JsonNode? lines)
    {
        foreach (var line in lines!.AsArray())
        {
            console.MarkupLine($"{title}: {Escape(line)}");
        }
    }

    private static string Escape(JsonNode? node) => Markup.Escape(node?.ToString() ?? "");
}
