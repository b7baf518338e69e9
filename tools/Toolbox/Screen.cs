using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace ToolboxAI.Tools;

/// <summary>What a command shows: text with colours and progress for people, or JSON and nothing else for scripts.</summary>
public sealed class Screen(IAnsiConsole console, TextWriter output, bool json)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private int shown;

    /// <summary>Only JSON is printed.</summary>
    public bool IsJson => json;

    /// <summary>Ends a command with what it found.</summary>
    public void Result(JsonNode node, Action<IAnsiConsole> forPeople)
    {
        if (json)
        {
            output.WriteLine(node.ToJsonString(Indented));
        }
        else
        {
            forPeople(console);
        }
    }

    /// <summary>Says something to people.</summary>
    public void Say(string markup)
    {
        if (!json)
        {
            console.MarkupLine(markup);
        }
    }

    /// <summary>Shows how far a number of uploads are.</summary>
    public Task Uploading(IReadOnlyList<string> names, Func<Func<string, Action<double>>, Task> upload) => json || names.Count == 0
        ? upload(_ => _ => { })
        : console.Progress().AutoClear(true).StartAsync(progress =>
        {
            var tasks = names.ToDictionary(name => name, name => progress.AddTask(Markup.Escape(name), maxValue: 1));
            return upload(name => done => tasks[name].Value = done);
        });

    /// <summary>Shows the lines of a timeline that are new.</summary>
    public void Timeline(JsonNode deployment)
    {
        var lines = deployment["timeline"]!.AsArray();
        for (; shown < lines.Count; shown++)
        {
            var line = lines[shown]!;
            Say($"[grey]{line["at"]!.GetValue<string>()[11..19]}[/] [blue]{line["stage"]}[/] {Markup.Escape(line["message"]!.GetValue<string>())}");
        }
    }

    /// <summary>A status in its colour.</summary>
    public static string Coloured(string status) => status switch
    {
        "succeeded" => "[green]succeeded[/]",
        "rolledBack" or "awaitingApproval" or "awaitingDecision" or "rollingBack" => $"[yellow]{status}[/]",
        "running" => "[blue]running[/]",
        _ => $"[red]{Markup.Escape(status)}[/]",
    };
}
