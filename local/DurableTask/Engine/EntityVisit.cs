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

    public IServiceProvider Services(IServiceProvider root) => (scope ??= root.CreateAsyncScope()).ServiceProvider;

    public async ValueTask DisposeAsync()
    {
        if (scope is { } opened)
        {
            await opened.DisposeAsync().ConfigureAwait(false);
        }
    }
}
