using System.Text.Json;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Luau;

/// <summary>The real Luau virtual machine (npm luau-web), asked whether it accepts a script.</summary>
public static class LuauJudge
{
    private static readonly NodeJudge Machine = new(Path.Combine(Repository.Root, "tests", "Luau", "Judge"));

    /// <summary>For each script, nothing when the virtual machine accepts it, else why it refuses. Skips the test where it can't be installed.</summary>
    public static async Task<IReadOnlyList<string?>> AskAsync(IReadOnlyList<string> scripts)
    {
        var answers = await Machine.AskAsync(scripts);
        Assert.Equal(scripts.Count, answers.Count);
        return [.. answers.Select(answer => answer.ValueKind == JsonValueKind.Null ? null : answer.GetString())];
    }
}
