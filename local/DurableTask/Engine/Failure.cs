using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>A failure as it is stored.</summary>
/// <param name="Type">The exception's full type name.</param>
/// <param name="Message">Its message.</param>
/// <param name="Stack">Where it was thrown.</param>
/// <param name="Inner">What caused it.</param>
internal sealed record Failure(string Type, string Message, string? Stack = null, Failure? Inner = null)
{
    /// <summary>Whether a retry could change nothing, as when there is no such task.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Values of the worker's exception properties provider.</summary>
    public Dictionary<string, System.Text.Json.JsonElement>? Properties { get; init; }

    /// <summary>Causes that are kept: JSON, as which a failure is stored, goes 64 levels deep only.</summary>
    public const int MostCauses = 20;

    public static Failure From(Exception exception, IExceptionPropertiesProvider? provider = null) => From(exception, provider, MostCauses);

    private static Failure From(Exception exception, IExceptionPropertiesProvider? provider, int left)
    {
        var inner = left == 0 ? null
            : exception is TaskFailedException failed ? From(failed.FailureDetails, left - 1)
            : exception.InnerException is { } cause ? From(cause, provider, left - 1) : null;
        return new Failure(exception.GetType().ToString(), exception.Message, exception.StackTrace, inner)
        {
            Properties = provider?.GetExceptionProperties(exception)?
                .ToDictionary(entry => entry.Key, entry => System.Text.Json.JsonSerializer.SerializeToElement(entry.Value)),
        };
    }

    public static Failure From(TaskFailureDetails details) => From(details, MostCauses);

    private static Failure From(TaskFailureDetails details, int left) =>
        new(details.ErrorType, details.ErrorMessage, details.StackTrace, left > 0 && details.InnerFailure is { } inner ? From(inner, left - 1) : null)
        {
            Properties = details.Properties?
                .ToDictionary(entry => entry.Key, entry => System.Text.Json.JsonSerializer.SerializeToElement(entry.Value)),
        };

    public TaskFailureDetails ToDetails() => new(
        Type,
        Message,
        Stack,
        Inner?.ToDetails(),
        Properties?.ToDictionary(entry => entry.Key, entry => Value(entry.Value)));

    private static object? Value(System.Text.Json.JsonElement element) => element.ValueKind switch
    {
        System.Text.Json.JsonValueKind.String => element.GetString(),
        System.Text.Json.JsonValueKind.Number => element.TryGetInt64(out var number) ? number : element.GetDouble(),
        System.Text.Json.JsonValueKind.True => true,
        System.Text.Json.JsonValueKind.False => false,
        System.Text.Json.JsonValueKind.Null => null,
        _ => element,
    };
}
