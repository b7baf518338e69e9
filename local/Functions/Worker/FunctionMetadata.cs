using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

/// <summary>How waits between attempts go.</summary>
public enum RetryStrategy
{
    /// <summary>Ever longer.</summary>
    ExponentialBackoff = 0,

    /// <summary>Always the same.</summary>
    FixedDelay = 1,
}

/// <summary>A function's retry policy.</summary>
public interface IRetryOptions
{
    /// <summary>How often it runs again; -1 is for ever.</summary>
    int MaxRetryCount { get; }

    /// <summary>The fixed wait.</summary>
    TimeSpan? DelayInterval { get; }

    /// <summary>The shortest wait.</summary>
    TimeSpan? MinimumInterval { get; }

    /// <summary>The longest wait.</summary>
    TimeSpan? MaximumInterval { get; }

    /// <summary>Fixed when there is a fixed wait.</summary>
    RetryStrategy? Strategy { get; }
}

/// <summary>A function's retry policy.</summary>
public class DefaultRetryOptions : IRetryOptions
{
    /// <inheritdoc/>
    public int MaxRetryCount { get; set; }

    /// <inheritdoc/>
    public TimeSpan? DelayInterval { get; set; }

    /// <inheritdoc/>
    public TimeSpan? MinimumInterval { get; set; }

    /// <inheritdoc/>
    public TimeSpan? MaximumInterval { get; set; }

    /// <inheritdoc/>
    public RetryStrategy? Strategy => DelayInterval is not null ? RetryStrategy.FixedDelay
        : MinimumInterval is not null ? RetryStrategy.ExponentialBackoff : null;
}

/// <summary>A function as <c>functions.metadata</c> lists it.</summary>
public interface IFunctionMetadata
{
    /// <summary>An id that is the same at every start.</summary>
    string? FunctionId { get; }

    /// <summary>Whether it is a proxy; always false.</summary>
    bool IsProxy { get; }

    /// <summary><c>dotnet-isolated</c>.</summary>
    string? Language { get; }

    /// <summary>Always false.</summary>
    bool ManagedDependencyEnabled { get; }

    /// <summary>The function's name.</summary>
    string? Name { get; }

    /// <summary>Full type name and method.</summary>
    string? EntryPoint { get; }

    /// <summary>The bindings, each a JSON object.</summary>
    IList<string>? RawBindings { get; }

    /// <summary>The assembly's file name.</summary>
    string? ScriptFile { get; }

    /// <summary>The retry policy.</summary>
    IRetryOptions? Retry { get; }
}

/// <summary>A function as <c>functions.metadata</c> lists it.</summary>
public class DefaultFunctionMetadata : IFunctionMetadata
{
    /// <inheritdoc/>
    public string? FunctionId => StableId(Name, ScriptFile, EntryPoint);

    /// <inheritdoc/>
    public bool IsProxy { get; set; }

    /// <inheritdoc/>
    public string? Language { get; set; }

    /// <inheritdoc/>
    public bool ManagedDependencyEnabled { get; set; }

    /// <inheritdoc/>
    public string? Name { get; set; }

    /// <inheritdoc/>
    public string? EntryPoint { get; set; }

    /// <inheritdoc/>
    public IList<string>? RawBindings { get; set; }

    /// <inheritdoc/>
    public string? ScriptFile { get; set; }

    /// <inheritdoc/>
    public IRetryOptions? Retry { get; set; }

    internal static string StableId(string? name, string? scriptFile, string? entryPoint)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{scriptFile}\n{entryPoint}"));
        return BitConverter.ToUInt32(hash).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>Where the host learns of the functions.</summary>
public interface IFunctionMetadataProvider
{
    /// <summary>All functions of the application in <paramref name="directory"/>.</summary>
    Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory);
}

/// <summary>All functions, after the transformers had their say.</summary>
public interface IFunctionMetadataManager
{
    /// <summary>All functions of the application in <paramref name="directory"/>.</summary>
    Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory);
}

/// <summary>Changes the list of functions before the host sees it.</summary>
public interface IFunctionMetadataTransformer
{
    /// <summary>The transformer's name, for logs.</summary>
    string Name { get; }

    /// <summary>Adds, removes or changes.</summary>
    void Transform(IList<IFunctionMetadata> original);
}
