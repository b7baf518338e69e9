using System.Collections;
using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Configures the worker: its services and the pipeline around every invocation.</summary>
public interface IFunctionsWorkerApplicationBuilder
{
    /// <summary>The services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Appends a piece of the pipeline.</summary>
    IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware);
}

/// <summary>The worker's options.</summary>
public class WorkerOptions
{
    /// <summary>
    /// Reads and writes JSON. When the application sets none, it is made from the options <c>JsonSerializerOptions</c>: names as they
    /// are in the source, read without regard to case.
    /// </summary>
    public ObjectSerializer? Serializer { get; set; }

    /// <summary>The converters asked for each input, in order.</summary>
    public InputConverterCollection InputConverters { get; } = new();

    /// <summary>What the worker tells the host that it can do; kept, and of no effect here.</summary>
    public IDictionary<string, string> Capabilities { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Exceptions of functions reach the log as they are; always so here.</summary>
    public bool EnableUserCodeException { get; set; } = true;

    /// <summary>Whether empty entries of a trigger's data are handed over; always so here.</summary>
    public bool IncludeEmptyEntriesInMessagePayload { get; set; }
}

/// <summary>Converter types, in the order in which they are asked.</summary>
public sealed class InputConverterCollection : IEnumerable<Type>
{
    private readonly List<Type> types = [];

    /// <summary>Appends a converter.</summary>
    public void Register<T>()
        where T : IInputConverter => types.Add(typeof(T));

    /// <summary>Inserts a converter; 0 is asked first.</summary>
    public void RegisterAt<T>(int index)
        where T : IInputConverter => types.Insert(index, typeof(T));

    /// <summary>Removes all, the worker's own too.</summary>
    public void Clear() => types.Clear();

    /// <inheritdoc/>
    public IEnumerator<Type> GetEnumerator() => types.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
