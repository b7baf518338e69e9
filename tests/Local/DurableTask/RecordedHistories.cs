using System.Text.Json.Nodes;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>The history of a run's last execution, as a file keeps it.</summary>
/// <param name="InstanceId">The run.</param>
/// <param name="Input">What the execution was started with.</param>
/// <param name="Events">The engine's events.</param>
internal sealed record RecordedHistory(string InstanceId, string Input, List<HistoryEvent> Events);

/// <summary>The histories that a feature's tests keep in files, so that later code can be tried on them.</summary>
/// <param name="tests">The tests' folder under <c>tests</c>; the files lie in its <c>Histories</c>.</param>
internal sealed class RecordedHistories(string tests)
{
    private readonly string folder = Path.Combine(BuiltProgram.Root, "tests", tests, "Histories");

    /// <summary>What is on file.</summary>
    public TheoryData<string> Names =>
        [.. Directory.GetFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>One from its file.</summary>
    public RecordedHistory Read(string name)
    {
        var file = JsonNode.Parse(File.ReadAllText(PathOf(name)))!;
        return new((string)file["instanceId"]!, (string)file["input"]!, HistoryJson.ReadEvents(file["events"]!.ToJsonString()));
    }

    /// <summary>Fails when a story has no file; with <c>TOOLBOX_RECORD_HISTORIES=1</c> its file is written then.</summary>
    public async Task AssertOnFile(string name, RecordedHistory history)
    {
        if (!File.Exists(PathOf(name)) && Environment.GetEnvironmentVariable("TOOLBOX_RECORD_HISTORIES") == "1")
        {
            var file = new JsonObject
            {
                ["instanceId"] = history.InstanceId,
                ["input"] = history.Input,
                ["events"] = JsonNode.Parse(HistoryJson.Write(history.Events)),
            };
            await File.WriteAllTextAsync(PathOf(name), file.ToJsonString(new() { WriteIndented = true }) + "\n", TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(PathOf(name)), $"{PathOf(name)} is missing: set TOOLBOX_RECORD_HISTORIES=1 once.");
    }

    private string PathOf(string name) => Path.Combine(folder, name + ".json");
}
