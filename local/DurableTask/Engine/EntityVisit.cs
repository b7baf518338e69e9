using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>
/// What the operations of one batch share: the entity's object, which is made once a batch as in the original, and the scope
/// that it was made in.
/// </summary>
internal sealed class EntityVisit : IAsyncDisposable
{
    private AsyncServiceScope? scope;

    /// <summary>The entity's object; <c>null</c> until the first operation made it.</summary>
    public ITaskEntity? Entity { get; set; }

    /// <summary>What runs the operations of the batch together, where the host has such a thing; <c>null</c> until the first operation began it.</summary>
    public IEntityInvocation? Invocation { get; set; }

    /// <summary>No more operations come; what failed around them all, <c>null</c> when nothing did.</summary>
    public async Task<Exception?> EndAsync()
    {
        var ending = Invocation;
        Invocation = null;
        return ending is null ? null : await ending.EndAsync().ConfigureAwait(false);
    }

    public IServiceProvider Services(IServiceProvider root) => (scope ??= root.CreateAsyncScope()).ServiceProvider;

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        if (scope is { } opened)
        {
            await opened.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>Something that runs all operations of a batch.</summary>
internal interface IEntityInvocation
{
    /// <summary>No more operations come; what failed around them all, <c>null</c> when nothing did.</summary>
    Task<Exception?> EndAsync();
}
