using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>One task hub, as this process sees it: its store, its clock, and who wants to hear of changes.</summary>
internal sealed class Hub
{
    private readonly HubNews news;

    public Hub(string name, IHubStore store, TimeProvider clock)
        : this(name, store, clock, new HubNews())
    {
    }

    private Hub(string name, IHubStore store, TimeProvider clock, HubNews news)
    {
        Name = name;
        Store = store;
        Clock = clock;
        this.news = news;
    }

    public string Name { get; }

    public IHubStore Store { get; }

    public TimeProvider Clock { get; }

    /// <summary>Where large payloads are kept; <c>null</c> when they stay with the others.</summary>
    public ExternalPayloads? Payloads { get; private init; }

    /// <summary>How many executions a worker keeps in memory between their steps; 0 makes each step a replay.</summary>
    public int LiveExecutions { get; init; } = 10_000;

    /// <summary>The same hub for somebody who keeps large payloads elsewhere.</summary>
    public Hub With(ExternalPayloads? payloads) => payloads is null
        ? this
        : new Hub(Name, new ExternalizingStore(Store, payloads), Clock, news) { LiveExecutions = LiveExecutions, Payloads = payloads };

    /// <inheritdoc cref="HubNews.NextNews"/>
    public Task NextNews() => news.NextNews();

    /// <inheritdoc cref="HubNews.Wake"/>
    public void Wake() => news.Wake();

    /// <inheritdoc cref="HubNews.Watch"/>
    public StepWatch Watch(string instanceId) => news.Watch(instanceId);

    /// <inheritdoc cref="HubNews.Stepped"/>
    public void Stepped(Instance after) => news.Stepped(after);

    /// <summary>Waits for news, for a moment on the hub's clock, or for so much machine time.</summary>
    public async Task WaitAsync(Task newsToCome, DateTimeOffset? due, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = new List<Task> { newsToCome, Task.Delay(longest, stop.Token) };
        if (due is { } moment)
        {
            waits.Add(UntilAsync(moment, longest, stop.Token));
        }

        await Task.WhenAny(waits).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task UntilAsync(DateTimeOffset moment, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (Clock is MovedTimeProvider moved)
        {
            return moved.WaitUntilAsync(moment, cancellationToken);
        }

        var left = moment - Clock.GetUtcNow();
        return left <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(left < longest ? left : longest, Clock, cancellationToken);
    }
}
