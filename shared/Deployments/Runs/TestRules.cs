using System.Text.Json;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>What a test script's return values mean: false, or a table with anything in <c>failures</c>, is a failure. Errors fail the task itself.</summary>
public static class TestRules
{
    /// <summary>Why the test failed; null when it passed.</summary>
    /// <param name="results">The script's return values as a JSON array; null for none.</param>
    public static string? Failure(string? results)
    {
        using var values = JsonDocument.Parse(results ?? "[]");
        if (values.RootElement.ValueKind != JsonValueKind.Array || values.RootElement.GetArrayLength() == 0)
        {
            return null;
        }

        var first = values.RootElement[0];
        return first.ValueKind == JsonValueKind.False ? "the test returned false."
            : first.ValueKind == JsonValueKind.Object && first.TryGetProperty("failures", out var failures) && failures.ValueKind == JsonValueKind.Array && failures.GetArrayLength() > 0
                ? $"the test failed: {failures[0]}"
            : null;
    }
}
