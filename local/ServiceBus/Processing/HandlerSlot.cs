namespace ToolboxAI.Local.ServiceBus;

/// <summary>An event of a processor: exactly one handler, not to be changed while the processor runs.</summary>
internal sealed class HandlerSlot<TArgs>(string name, Func<bool> isRunning)
{
    private Func<TArgs, Task>? handler;

    public bool IsSet => handler is not null;

    public void Add(Func<TArgs, Task>? added)
    {
        ArgumentNullException.ThrowIfNull(added);
        ThrowIfRunning();
        handler = handler is null ? added : throw new NotSupportedException($"{name} has a handler already.");
    }

    public void Remove(Func<TArgs, Task>? removed)
    {
        ArgumentNullException.ThrowIfNull(removed);
        ThrowIfRunning();
        handler = handler == removed ? null : throw new ArgumentException($"This handler was not added to {name}.", nameof(removed));
    }

    public Task InvokeAsync(TArgs args) => handler?.Invoke(args) ?? Task.CompletedTask;

    public void Require()
    {
        if (handler is null)
        {
            throw new InvalidOperationException($"{name} needs a handler before the processor starts.");
        }
    }

    private void ThrowIfRunning()
    {
        if (isRunning())
        {
            throw new InvalidOperationException($"{name} cannot be changed while the processor runs.");
        }
    }
}
