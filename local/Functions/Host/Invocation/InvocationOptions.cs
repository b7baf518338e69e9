using Microsoft.Azure.Functions.Worker;

namespace ToolboxAI.Local.Functions;

/// <summary>What a trigger may say about an invocation beside its value.</summary>
public sealed class InvocationOptions
{
    /// <summary>Nothing to say.</summary>
    public static InvocationOptions None { get; } = new();

    /// <summary>The invocation's id; a new one when null. The attempts of one retried invocation share it.</summary>
    public string? InvocationId { get; init; }

    /// <summary>The W3C <c>traceparent</c> that the invocation continues; the current activity's when null.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The W3C <c>tracestate</c>.</summary>
    public string? TraceState { get; init; }

    /// <summary>0 for the first attempt.</summary>
    public int RetryCount { get; init; }

    /// <summary>Set when the trigger retries the function itself: how often; -1 is for ever.</summary>
    public int? MaxRetryCount { get; init; }

    /// <summary>Values for parameters other than the trigger's, by parameter name; they still go through the converters.</summary>
    public IReadOnlyDictionary<string, object?>? Inputs { get; init; }

    /// <summary>Attaches features or items to the context before the pipeline runs.</summary>
    public Action<FunctionContext>? Prepare { get; init; }
}

/// <summary>What came of an invocation. A function's exception is kept, not thrown: the trigger decides what it means.</summary>
/// <param name="Value">What the function returned, or what middleware put in its place.</param>
/// <param name="Outputs">The values of the output bindings, by name.</param>
/// <param name="Exception">What the function, a middleware or a converter threw; null when it succeeded.</param>
public sealed record FunctionInvocationResult(object? Value, IReadOnlyDictionary<string, object?> Outputs, Exception? Exception)
{
    /// <summary>Whether nothing was thrown.</summary>
    public bool Succeeded => Exception is null;

    /// <summary>Ends when the function does: at once, except for one whose time was over and that did not notice.</summary>
    internal Task LeftBehind { get; init; } = Task.CompletedTask;
}
