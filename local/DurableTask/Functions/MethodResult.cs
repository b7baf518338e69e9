namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>What a function's method returned.</summary>
internal static class MethodResult
{
    /// <summary>
    /// The value behind what a method returned, once it is there. It goes on where the method ended, so that an orchestrator stays
    /// on its own thread: no ConfigureAwait here.
    /// </summary>
    public static async Task<object?> Unwrap(object? returned, Type type)
    {
        if (returned is not Task task)
        {
            return returned;
        }

        await task;
        return type.IsGenericType ? type.GetProperty(nameof(Task<int>.Result))!.GetValue(task) : null;
    }
}
