using System.Reflection;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>The classes that the application's functions are in.</summary>
internal sealed record FunctionSource(Func<IReadOnlyList<LocalFunction>> Discover);

/// <summary>The application's functions and the state that each is in.</summary>
public sealed partial class FunctionCatalog
{
    private readonly Dictionary<string, LocalFunction> byName;
    private readonly Dictionary<string, string> errors = new(StringComparer.OrdinalIgnoreCase);
    private readonly IConfiguration settings;
    private readonly ILogger<FunctionCatalog> log;

    internal FunctionCatalog(FunctionSource source, IConfiguration settings, ILogger<FunctionCatalog> log)
    {
        this.settings = settings;
        this.log = log;
        Functions = source.Discover();
        byName = Functions.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var function in Functions)
        {
            CheckSettings(function);
            CheckRetry(function);
        }
    }

    /// <summary>All functions, sorted by name.</summary>
    public IReadOnlyList<LocalFunction> Functions { get; }

    /// <summary>Why functions are in error, by function name; such a function is not listened for, the others run.</summary>
    public IReadOnlyDictionary<string, string> Errors => errors;

    /// <summary>The function of that name (case is ignored), or null.</summary>
    public LocalFunction? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Whether the setting <c>AzureWebJobs.&lt;name&gt;.Disabled</c> is true.</summary>
    public bool IsDisabled(LocalFunction function) =>
        IsTrue(settings[$"AzureWebJobs.{function.Name}.Disabled"]) || IsTrue(settings[$"AzureWebJobs:{function.Name}:Disabled"]);

    /// <summary>The functions of a trigger type that are neither disabled nor in error.</summary>
    public IReadOnlyList<LocalFunction> Runnable(string triggerType) =>
        [.. Functions.Where(f => f.Trigger.Type == triggerType && !errors.ContainsKey(f.Name) && !IsDisabled(f))];

    /// <summary>Puts a function into error; the log says why.</summary>
    public void Fail(LocalFunction function, string reason)
    {
        lock (errors)
        {
            errors[function.Name] = reason;
        }

        LogError(log, function.Name, reason);
    }

    private void CheckSettings(LocalFunction function)
    {
        try
        {
            foreach (var text in function.Bindings.SelectMany(b => b.Properties.Values).OfType<string>())
            {
                SettingExpressions.Resolve(text, settings);
            }
        }
        catch (InvalidOperationException e)
        {
            Fail(function, e.Message);
        }
    }

    // The extension says whether its trigger can run a function again; where it can't, the original's host warns too.
    private void CheckRetry(LocalFunction function)
    {
        var capabilities = function.Trigger.Attribute?.GetType().GetCustomAttribute<BindingCapabilitiesAttribute>()?.Capabilities ?? [];
        if (function.Retry is not null && !capabilities.Contains(KnownBindingCapabilities.FunctionLevelRetry))
        {
            LogNoRetry(log, function.Name, function.Trigger.Type);
        }
    }

    private static bool IsTrue(string? text) => text is "1" || (bool.TryParse(text, out var value) && value);

    [LoggerMessage(10, LogLevel.Error, "The '{Function}' function is in error: {Reason}")]
    private static partial void LogError(ILogger log, string function, string reason);

    [LoggerMessage(11, LogLevel.Warning, "The retry attribute of the '{Function}' function has no effect: a {Trigger} does not support retries")]
    private static partial void LogNoRetry(ILogger log, string function, string trigger);
}
