namespace DurableTask.Core;

/// <summary>A failure in a history.</summary>
public class FailureDetails(string errorType, string errorMessage, string? stackTrace, FailureDetails? innerFailure, bool isNonRetriable)
{
    /// <summary>The exception's full type name.</summary>
    public string ErrorType { get; } = errorType;

    /// <summary>Its message.</summary>
    public string ErrorMessage { get; } = errorMessage;

    /// <summary>Where it was thrown.</summary>
    public string? StackTrace { get; } = stackTrace;

    /// <summary>What caused it.</summary>
    public FailureDetails? InnerFailure { get; } = innerFailure;

    /// <summary>Whether a retry could change nothing.</summary>
    public bool IsNonRetriable { get; } = isNonRetriable;

    /// <inheritdoc/>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";
}

/// <summary>The states of an orchestration in a history.</summary>
public enum OrchestrationStatus
{
    Running,
    Completed,
    ContinuedAsNew,
    Failed,
    Canceled,
    Terminated,
    Pending,
    Suspended,
}
