using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Local.DurableTask.Engine;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>
/// One invocation of an entity function, for all operations of a batch, as in the original: the function hands its entity over once,
/// and that runs one operation after the other. A failed operation fails alone; what fails around them fails them all.
/// </summary>
internal sealed class EntityInvocation : IEntityInvocation
{
    private readonly Channel<Operation> operations = Channel.CreateUnbounded<Operation>();
    private readonly Task<Exception?> running;
    private readonly string function;

    /// <summary>Begins the invocation; <paramref name="invoke"/> runs the function with this, and says what it threw.</summary>
    public EntityInvocation(string function, Func<EntityInvocation, Task<Exception?>> invoke)
    {
        this.function = function;
        running = invoke(this);
    }

    /// <summary>Runs an operation on what the function hands over.</summary>
    public async Task<object?> RunAsync(EntityBatch operation)
    {
        var asked = new Operation(operation);
        operations.Writer.TryWrite(asked);
        if (await Task.WhenAny(asked.Done.Task, running).ConfigureAwait(false) == running && !asked.Done.Task.IsCompleted)
        {
            if (await running.ConfigureAwait(false) is { } thrown)
            {
                ExceptionDispatchInfo.Throw(thrown);
            }

            throw new InvalidOperationException($"The entity function '{function}' returned without handing the operation over.");
        }

        return await asked.Done.Task.ConfigureAwait(false);
    }

    /// <summary>Gives each operation to a handler until the batch has no more.</summary>
    public async Task DispatchAsync(Func<TaskEntityOperation, ValueTask<object?>> handler)
    {
        await foreach (var operation in operations.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                operation.Done.SetResult(await handler(operation.Asked).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                operation.Done.SetException(e);
            }
        }
    }

    /// <inheritdoc/>
    public Task<Exception?> EndAsync()
    {
        operations.Writer.Complete();
        return running;
    }

    private sealed record Operation(EntityBatch Asked)
    {
        public TaskCompletionSource<object?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
