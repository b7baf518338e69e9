using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Code and data from outside: loadstring, asset modules, inserted assets, HTTP hosts.</summary>
public sealed class RemoteCodeDetector(SyntaxTree tree, List<Finding> findings, ScanOptions options) : FindingDetector(tree, findings)
{
    private static readonly string[] Sensitive = ["loadstring", "require", "getfenv", "setfenv", "HttpService", "InsertService"];

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        switch (call.Path)
        {
            case "loadstring":
                Report(Rules.LoadString, call.Node, Describe("loadstring runs", call.Argument(0)), call.Argument(0));
                break;
            case "require":
                CheckRequire(call);
                break;
            case "InsertService:LoadAsset" or "InsertService:LoadAssetVersion" or "AssetService:LoadAssetAsync":
                Report(Rules.InsertAsset, call.Node, $"{call.Path} brings in an asset.", call.Argument(0));
                break;
            case "HttpService:GetAsync" or "HttpService:PostAsync":
                CheckAddress(call.Argument(0), call.Node);
                break;
            case "HttpService:RequestAsync":
                CheckAddress(call.Argument(0) is TableValue table ? table.Get("Url") ?? UnknownValue.Plain : UnknownValue.Plain, call.Node);
                break;
        }

        if (call.IsHidden && Sensitive.Contains(call.Path))
        {
            Report(Rules.HiddenName, call.Node, $"{call.Path} is called under a name that can't be read here.");
        }
    }

    /// <inheritdoc/>
    public override void Read(EngineValue value, SyntaxNode node, bool isHidden)
    {
        if (isHidden && value.Path is "loadstring" or "require" or "HttpService" or "InsertService" && node is IndexExpression { Key: not StringExpression })
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
            else if (option is UnknownValue && (option.Taint & (Taint.Client | Taint.Network | Taint.Decoded)) != Taint.None)
            {
                Report(Rules.RequireAsset, call.Node, "What is required comes from outside.", option);
            }
        }
    }

    private void CheckAddress(Value address, SyntaxNode node)
    {
        foreach (var option in Join.Options(address))
        {
            var known = Operators.TextOf(option) ?? (option as PrefixValue)?.Prefix;
            var host = known is null ? null : Hosts.HostOf(known, isWhole: option is ConstantValue);
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

    private static string Describe(string what, Value value) => value switch
    {
        ConstantValue { Text: { } text } => $"{what} \"{Shorten(text)}\".",
        _ when (value.Taint & Taint.Network) != Taint.None => $"{what} what came over HTTP.",
        _ when (value.Taint & Taint.Client) != Taint.None => $"{what} what a client sent.",
        _ => $"{what} a text that is not known here.",
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
