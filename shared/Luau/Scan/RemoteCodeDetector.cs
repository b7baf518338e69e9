using System.Text.RegularExpressions;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Code and data from outside: loadstring, asset modules, inserted assets, HTTP hosts.</summary>
public sealed class RemoteCodeDetector(SyntaxTree tree, List<Finding> findings, ScanOptions options) : FindingDetector(tree, findings)
{
    private static readonly Regex AssetId = new(@"([a-z]I[dD]|ID|\.[iI]d|[aA]sset[A-Za-z]*|Number|IntValue)\.Value$", RegexOptions.NonBacktracking);

    private static readonly HashSet<string> Sensitive = new(StringComparer.Ordinal) { "loadstring", "require", "getfenv", "setfenv", "HttpService", "InsertService" };

    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal)
    {
        "GetAsync", "PostAsync", "RequestAsync", "HttpGet", "HttpGetAsync", "HttpPost", "HttpPostAsync", "LoadAsset", "LoadAssetVersion", "LoadAssetAsync", "GetObjects", "Source", "loadstring", "require",
    };

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Reads;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        switch (call.Path)
        {
            case "loadstring":
                Report(Rules.LoadString, call.Node, Describe("loadstring runs", call.Argument(0)), call.Argument(0));
                break;
            // An interpreter of one's own does the same.
            case var path when path.StartsWith("module", StringComparison.Ordinal) && call.Name == "loadstring":
                Report(Rules.LoadString, call.Node, Describe("a module's loadstring runs", call.Argument(0)), call.Argument(0));
                break;
            case "require":
                CheckRequire(call);
                break;
            case "InsertService:LoadAsset" or "InsertService:LoadAssetVersion" or "AssetService:LoadAssetAsync" or "?:LoadAsset" or "?:LoadAssetVersion":
                Report(Rules.InsertAsset, call.Node, $"{call.Path} brings in an asset.", call.Argument(0));
                break;
            // Pools and grids have a method of that name, too; only the engine's takes an asset's address.
            case "?:GetObjects" when IsAddress(call.Argument(0)):
                Report(Rules.InsertAsset, call.Node, $"{call.Path} brings in an asset.", call.Argument(0));
                break;
            case "HttpService:GetAsync" or "HttpService:PostAsync":
                CheckAddress(call.Argument(0), call.Node);
                break;
            case "HttpService:RequestAsync":
                CheckAddress(call.Arguments.Select(Url).FirstOrDefault(url => url is not null) ?? UnknownValue.Plain, call.Node);
                break;
        }

        var isComputed = call.Node is CallExpression { Function: IndexExpression { Key: not StringExpression } };
        if (call.Receiver is not null && call.Argument(0) is ConstantValue { Text: "HttpService" or "InsertService", Taint: var taint } && (isComputed || (taint & Taint.Assembled) != Taint.None) && call.Name is "GetService" or "FindService" or "FindFirstChildOfClass")
        {
            Report(Rules.HiddenName, call.Node, $"{Operators.TextOf(call.Argument(0))} is asked for under a name that is put together.");
        }
    }

    /// <inheritdoc/>
    public override void Read(EngineValue value, SyntaxNode node, bool isHidden)
    {
        if (isHidden && (Sensitive.Contains(value.Path) || (Methods.Contains(value.Name) && value.Path.Contains('.'))))
        {
            Report(Rules.HiddenName, node, $"{value.Path} is reached through a name that is put together.");
        }
    }

    private void CheckRequire(EngineCall call)
    {
        foreach (var option in Join.Options(call.Argument(0)))
        {
            var isAsset = option is ConstantValue constant && Operators.Number(constant) is not null;
            if (isAsset)
            {
                Report(Rules.RequireAsset, call.Node, $"The module with the asset id {Operators.TextOf(option)} is fetched and run.", option);
            }
            else if (option is UnknownValue or EngineValue && (IsFromOutside(option) || IsNumber(option)))
            {
                Report(Rules.RequireAsset, call.Node, "What is required is an asset id that is chosen elsewhere.", option);
            }
        }
    }

    private static bool IsAddress(Value value) => Array.Exists(Join.Options(value), option =>
        (Operators.TextOf(option) ?? (option as PrefixValue)?.Prefix) is { } text && (text.Contains("://", StringComparison.Ordinal) || text.Contains("asset", StringComparison.OrdinalIgnoreCase)));

    private static bool IsFromOutside(Value value) => (value.Taint & (Taint.Client | Taint.ClientText | Taint.Network | Taint.PlayerText | Taint.Stored)) != Taint.None;

    // A number, or the value of an object that is named like a number.
    private static bool IsNumber(Value value) => (value.Taint & Taint.Number) != Taint.None || (value is EngineValue engine && AssetId.IsMatch(engine.Path));

    private static Value? Url(Value request) => Join.Options(request).OfType<TableValue>().FirstOrDefault() is { } table ? table.Get("Url") ?? table.Get("url") ?? (table.Metatable is TableValue { } meta && meta.Get("__index") is TableValue shared ? shared.Get("Url") : null) ?? table.Rest : null;

    private void CheckAddress(Value address, SyntaxNode node)
    {
        foreach (var option in Join.Options(address).Where(option => option is not ConstantValue { Content: null }))
        {
            var known = Operators.TextOf(option) ?? (option as PrefixValue)?.Prefix;
            var host = known is null ? null : Hosts.HostOf(known, isWhole: option is ConstantValue || IsOwnPath(known, option)) ?? ForeignBeginning(known);
            if (host is null)
            {
                Report(Rules.UnknownHost, node, "The host of this call can't be told from the script.", option);
            }
            else if (!Hosts.IsAllowed(host, options.AllowedHosts))
            {
                Report(Rules.ForeignHost, node, $"This calls {host}.", option);
            }
        }
    }

    // An allowed host, and a path that comes from nowhere but the script's own functions.
    private bool IsOwnPath(string known, Value address) =>
        (address.Taint & ~(Taint.Assembled | Taint.Number)) == Taint.None && Hosts.HostOf(known, isWhole: true) is { } host && options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    // A host of which the beginning is known, when no allowed host begins like that.
    private string? ForeignBeginning(string known) =>
        Hosts.HostOf(known, isWhole: true) is { } beginning && beginning.Contains('.') && !options.AllowedHosts.Any(host => host.StartsWith(beginning, StringComparison.OrdinalIgnoreCase) || host.StartsWith('.')) ? beginning : null;

    private static string Describe(string what, Value value) => value switch
    {
        ConstantValue { Text: { } text } => $"{what} \"{Shorten(text)}\".",
        _ when (value.Taint & Taint.Network) != Taint.None => $"{what} what came over HTTP.",
        _ when (value.Taint & Taint.Client) != Taint.None => $"{what} what a client sent.",
        _ => $"{what} a text that is not known here.",
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
