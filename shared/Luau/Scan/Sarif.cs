namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>A scan's result in SARIF 2.1.0 (OASIS), the form that code hosts and editors show.</summary>
public static class Sarif
{
    /// <summary>The media type of SARIF.</summary>
    public const string ContentType = "application/sarif+json";

    /// <summary>The log, ready to be serialised as it is.</summary>
    public static Dictionary<string, object> From(ScanResult result) => new()
    {
        ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
        ["version"] = "2.1.0",
        ["runs"] = new[]
        {
            new Dictionary<string, object>
            {
                ["tool"] = new Dictionary<string, object>
                {
                    ["driver"] = new Dictionary<string, object>
                    {
                        ["name"] = "ToolboxAI script scan",
                        ["version"] = "1.0.0",
                        ["rules"] = Rules.All.Values.Select(Describe).ToList(),
                    },
                },
                ["columnKind"] = "utf16CodeUnits",
                ["results"] = result.Scripts.SelectMany(script => script.Findings.Select(finding => Describe(script, finding))).ToList(),
            },
        },
    };

    private static Dictionary<string, object> Describe(Rule rule) => new()
    {
        ["id"] = rule.Id,
        ["shortDescription"] = Text(rule.Title),
        ["help"] = Text(rule.Mend),
        ["defaultConfiguration"] = new Dictionary<string, object> { ["level"] = Level(rule.Severity) },
        ["properties"] = new Dictionary<string, object> { ["tags"] = new[] { "security", $"external/cwe/cwe-{rule.Cwe}" } },
    };

    private static Dictionary<string, object> Describe(ScannedScript script, ScanFinding finding)
    {
        var result = new Dictionary<string, object>
        {
            ["ruleId"] = finding.Rule,
            ["ruleIndex"] = Rules.All.Keys.ToList().IndexOf(finding.Rule),
            ["level"] = Level(finding.Severity),
            ["message"] = Text(finding.Message),
            ["locations"] = new[] { Location(script.Path, finding.Location) },
            ["codeFlows"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["threadFlows"] = new[]
                    {
                        new Dictionary<string, object>
                        {
                            ["locations"] = finding.Trace.Select(step => new Dictionary<string, object> { ["location"] = Location(script.Path, step) }).ToList(),
                        },
                    },
                },
            },
            ["partialFingerprints"] = new Dictionary<string, object> { ["toolboxai/v1"] = finding.Fingerprint },
            ["baselineState"] = finding.IsKnown ? "unchanged" : "new",
        };
        if (finding.Suppressed is { } reason)
        {
            result["suppressions"] = new[] { new Dictionary<string, object> { ["kind"] = "inSource", ["justification"] = reason } };
        }

        return result;
    }

    private static Dictionary<string, object> Location(string path, ScanLocation location) => new()
    {
        ["physicalLocation"] = new Dictionary<string, object>
        {
            ["artifactLocation"] = new Dictionary<string, object> { ["uri"] = string.Join('/', path.Split('/').Select(Uri.EscapeDataString)) },
            ["region"] = new Dictionary<string, object>
            {
                ["startLine"] = location.Line,
                ["startColumn"] = location.Column,
                ["endLine"] = location.EndLine,
                ["endColumn"] = location.EndColumn,
            },
        },
        ["message"] = Text(location.Message),
    };

    private static Dictionary<string, object> Text(string text) => new() { ["text"] = text };

    private static string Level(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };
}
