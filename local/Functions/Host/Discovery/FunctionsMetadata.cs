using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace ToolboxAI.Local.Functions;

/// <summary>What the official SDK would write into <c>functions.metadata</c> for the functions that were discovered.</summary>
public static class FunctionsMetadata
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The whole file: an array, in the order given.</summary>
    public static string Write(IEnumerable<LocalFunction> functions) =>
        new JsonArray([.. functions.Select(Describe)]).ToJsonString(Json);

    /// <summary>One function.</summary>
    public static JsonObject Describe(LocalFunction function)
    {
        var description = new JsonObject
        {
            ["name"] = function.Name,
            ["scriptFile"] = function.ScriptFile,
            ["entryPoint"] = function.EntryPoint,
            ["language"] = "dotnet-isolated",
            ["properties"] = new JsonObject { ["IsCodeless"] = false },
        };
        if (Retry(function.Retry) is { } retry)
        {
            description["retry"] = retry;
        }

        description["bindings"] = new JsonArray([.. function.Bindings.Select(Describe)]);
        return description;
    }

    /// <summary>One binding.</summary>
    public static JsonObject Describe(LocalBinding binding)
    {
        var description = new JsonObject
        {
            ["name"] = binding.Name,
            ["direction"] = binding.Direction.ToString(),
            ["type"] = binding.Type,
        };
        foreach (var (name, value) in binding.Properties)
        {
            description[name] = JsonSerializer.SerializeToNode(value);
        }

        return description;
    }

    private static JsonObject? Retry(RetryAttribute? retry) => retry switch
    {
        FixedDelayRetryAttribute f => new() { ["strategy"] = "fixedDelay", ["maxRetryCount"] = f.MaxRetryCount, ["delayInterval"] = f.DelayInterval },
        ExponentialBackoffRetryAttribute e => new()
        {
            ["strategy"] = "exponentialBackoff",
            ["maxRetryCount"] = e.MaxRetryCount,
            ["minimumInterval"] = e.MinimumInterval,
            ["maximumInterval"] = e.MaximumInterval,
        },
        _ => null,
    };

    internal static IFunctionMetadata Official(LocalFunction function) => new DefaultFunctionMetadata
    {
        Name = function.Name,
        ScriptFile = function.ScriptFile,
        EntryPoint = function.EntryPoint,
        Language = "dotnet-isolated",
        RawBindings = [.. function.Bindings.Select(binding => Describe(binding).ToJsonString())],
        Retry = function.Retry switch
        {
            FixedDelayRetryAttribute f => new DefaultRetryOptions { MaxRetryCount = f.MaxRetryCount, DelayInterval = Interval(f.DelayInterval) },
            ExponentialBackoffRetryAttribute e => new DefaultRetryOptions
            {
                MaxRetryCount = e.MaxRetryCount,
                MinimumInterval = Interval(e.MinimumInterval),
                MaximumInterval = Interval(e.MaximumInterval),
            },
            _ => null,
        },
    };

    private static TimeSpan Interval(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>The official way to ask for the functions: the catalogue, after the application's transformers had their say.</summary>
internal sealed class CatalogMetadata(FunctionCatalog catalog, IEnumerable<IFunctionMetadataTransformer> transformers)
    : IFunctionMetadataProvider, IFunctionMetadataManager
{
    public Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory)
    {
        var functions = catalog.Functions.Select(FunctionsMetadata.Official).ToList();
        foreach (var transformer in transformers)
        {
            transformer.Transform(functions);
        }

        return Task.FromResult(functions.ToImmutableArray());
    }
}
