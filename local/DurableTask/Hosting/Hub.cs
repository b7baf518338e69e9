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

    /// <summary>Stores a start, in a transaction of a worker of this process when there is one; false when an instance of the id refuses it.</summary>
    public async Task<bool> StartAsync(NewInstance start, CancellationToken cancellationToken)
    {
        var accepted = await StoreStartAsync(start, cancellationToken).ConfigureAwait(false);
        if (!accepted)
        {
            news.Refused(start.Id);
        }

        return accepted;
    }

    /// <summary>Sends a message, in a transaction of a worker of this process when there is one; false when nobody is there to hear it.</summary>
    public async Task<bool> SendAsync(NewMessage message, CancellationToken cancellationToken)
    {
        if (news.Writer is { } writer)
        {
            var stored = Payloads is null ? message : await Payloads.ExternalizeAsync(message, cancellationToken).ConfigureAwait(false);
            if (writer.TryCommit(new SendCommit(stored), out var committing))
            {
                return (await committing.WaitAsync(cancellationToken).ConfigureAwait(false)).Accepted;
            }
        }

        var sent = await Store.SendAsync(message, cancellationToken).ConfigureAwait(false);
        Wake();
        return sent;
    }

    /// <inheritdoc cref="HubNews.Attach"/>
    public void Attach(CommitQueue writer) => news.Attach(writer);

    /// <inheritdoc cref="HubNews.Detach"/>
    public void Detach(CommitQueue writer) => news.Detach(writer);

    /// <inheritdoc cref="HubNews.HasSeveralWriters"/>
    public bool HasSeveralWriters => news.HasSeveralWriters;

    /// <summary>Waits for news, for a moment on the hub's clock, or for so much machine time.</summary>
    public async Task WaitAsync(IEnumerable<Task> newsToCome, DateTimeOffset? due, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = new List<Task>(newsToCome) { Task.Delay(longest, stop.Token) };
        if (due is { } moment)
        {
            waits.Add(UntilAsync(moment, longest, stop.Token));
        }

        await Task.WhenAny(waits).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
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

    private async Task<bool> StoreStartAsync(NewInstance start, CancellationToken cancellationToken)
    {
        if (news.Writer is { } writer)
        {
            var stored = Payloads is null ? start : await Payloads.ExternalizeAsync(start, cancellationToken).ConfigureAwait(false);
            news.Expect(start.Id, start.Started.ExecutionId);
            if (writer.TryCommit(new StartCommit(stored), out var committing))
            {
                return (await committing.WaitAsync(cancellationToken).ConfigureAwait(false)).Accepted;
            }
        }

        var started = await Store.StartAsync(start, cancellationToken).ConfigureAwait(false);
        Wake();
        return started;
    }
}
