namespace DurableTask.Core.Exceptions;

/// <summary>An instance of the id exists already, in a status that refuses a new start.</summary>
public class OrchestrationAlreadyExistsException : Exception
{
    /// <summary>Creates the exception.</summary>
    public OrchestrationAlreadyExistsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public OrchestrationAlreadyExistsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The orchestrator's code took another way than its history.</summary>
public class NonDeterministicOrchestrationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public NonDeterministicOrchestrationException(int eventId, string details)
        : base(details)
    {
        EventId = eventId;
    }

    /// <summary>The number of the step.</summary>
    public int EventId { get; }
}
