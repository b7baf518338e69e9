using Npgsql;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Data;

/// <summary>One implementation of the database and its stores, for the contract suites that both must pass.</summary>
public abstract class DatabaseUnderTest : IAsyncLifetime
{
    public abstract IUnitOfWorkFactory Units { get; }

    public abstract IOutboxStore Outbox { get; }

    public abstract IInbox Inbox { get; }

    public abstract IHandledMessages Handled { get; }

    public abstract IIdempotencyStore Idempotency { get; }

    public abstract IApiKeyStore Keys { get; }

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

public sealed class InMemory : DatabaseUnderTest
{
    public override IUnitOfWorkFactory Units { get; } = new InMemoryDatabase(ProductDatabase.Demo, ProductDatabase.Other);

    public override IOutboxStore Outbox { get; } = new InMemoryOutboxStore();

    public override IInbox Inbox { get; } = new InMemoryInbox();

    public override IHandledMessages Handled { get; } = new InMemoryHandledMessages();

    public override IIdempotencyStore Idempotency { get; } = new InMemoryIdempotencyStore();

    public override IApiKeyStore Keys { get; } = new InMemoryApiKeyStore();
}

public sealed class OnPostgres : DatabaseUnderTest
{
    private ProductDatabase? database;

    public override IUnitOfWorkFactory Units => database!.Units;

    public override IOutboxStore Outbox { get; } = new PostgresOutboxStore();

    public override IInbox Inbox { get; } = new PostgresInbox();

    public override IHandledMessages Handled { get; } = new PostgresHandledMessages();

    public override IIdempotencyStore Idempotency { get; } = new PostgresIdempotencyStore();

    public override IApiKeyStore Keys { get; } = new PostgresApiKeyStore();

    public override async ValueTask InitializeAsync() => database = await ProductDatabase.CreateAsync();

    public override async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }

        await base.DisposeAsync();
    }
}

public sealed class DataInMemory(InMemory database) : DataContract(database), IClassFixture<InMemory>;

public sealed class DataOnPostgres(OnPostgres database) : DataContract(database), IClassFixture<OnPostgres>;

public abstract partial class DataContract(DatabaseUnderTest database)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string unique = Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_committed_is_there_and_what_was_not_is_not()
    {
        await using (var work = await database.Units.Begin(Ct))
        {
            Assert.True(await database.Inbox.TryAdd(work, Event("kept"), Ct));
            await work.Commit(Ct);
        }

        await using (var work = await database.Units.Begin(Ct))
        {
            Assert.True(await database.Inbox.TryAdd(work, Event("lost"), Ct));
        }

        await using var reading = await database.Units.Begin(Ct);
        Assert.Equal(Event("kept"), await database.Inbox.Find(reading, "stripe", Event("kept").EventId, Ct));
        Assert.Null(await database.Inbox.Find(reading, "stripe", Event("lost").EventId, Ct));
    }

    [Fact]
    public async Task What_is_looked_up_is_what_was_committed_and_a_look_writes_nothing()
    {
        await using (var work = await database.Units.Begin(Ct))
        {
            Assert.True(await database.Inbox.TryAdd(work, Event("seen"), Ct));
            await using var early = await database.Units.BeginReads(Ct);
            Assert.Null(await database.Inbox.Find(early, "stripe", Event("seen").EventId, Ct));
            await work.Commit(Ct);
            Assert.Equal(Event("seen"), await database.Inbox.Find(early, "stripe", Event("seen").EventId, Ct));
        }

        await using var look = await database.Units.BeginReads(Ct);
        var written = await Record.ExceptionAsync(() => database.Inbox.TryAdd(look, Event("written"), Ct));
        Assert.True(written is InvalidOperationException or PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction }, $"{written}");
        await Assert.ThrowsAsync<InvalidOperationException>(() => look.Commit(Ct));
    }

    [Theory]
    [InlineData(CommitPoint.BeforeCommit)]
    [InlineData(CommitPoint.AfterCommit)]
    public async Task A_crash_at_the_commit_leaves_all_or_nothing_and_nothing_after_it_runs(CommitPoint point)
    {
        var ran = false;
        var crashing = new CrashingUnitOfWorkFactory(database.Units, at => at == point);
        await Assert.ThrowsAsync<SimulatedCrashException>(async () =>
        {
            await using var work = await crashing.Begin(Ct);
            await database.Inbox.TryAdd(work, Event("crash"), Ct);
            await database.Handled.TryAdd(work, "c", unique, "applied", Noon, Ct);
            work.AfterCommit(_ =>
            {
                ran = true;
                return Task.CompletedTask;
            });
            await work.Commit(Ct);
        });

        await using var reading = await database.Units.Begin(Ct);
        var committed = point == CommitPoint.AfterCommit;
        Assert.Equal(committed, await database.Inbox.Find(reading, "stripe", Event("crash").EventId, Ct) is not null);
        Assert.Equal(!committed, await database.Handled.TryAdd(reading, "c", unique, "applied", Noon, Ct));
        Assert.False(ran);
    }

    [Fact]
    public async Task An_event_is_stored_once()
    {
        await using var work = await database.Units.Begin(Ct);
        Assert.True(await database.Inbox.TryAdd(work, Event("once"), Ct));
        Assert.False(await database.Inbox.TryAdd(work, Event("once") with { Type = "other" }, Ct));
        Assert.True(await database.Inbox.TryAdd(work, Event("once") with { Sender = "sendgrid" }, Ct));
    }

    [Fact]
    public async Task Two_writers_of_one_event_wait_for_each_other_and_one_wins()
    {
        await using var first = await database.Units.Begin(Ct);
        await using var second = await database.Units.Begin(Ct);
        Assert.True(await database.Inbox.TryAdd(first, Event("race"), Ct));
        var waiting = database.Inbox.TryAdd(second, Event("race"), Ct);
        await Task.WhenAny(waiting, Task.Delay(100, Ct));
        Assert.False(waiting.IsCompleted);
        await first.Commit(Ct);
        Assert.False(await waiting);
    }

    [Fact]
    public async Task The_second_writer_wins_when_the_first_one_rolls_back()
    {
        await using var second = await database.Units.Begin(Ct);
        Task<bool> waiting;
        await using (var first = await database.Units.Begin(Ct))
        {
            Assert.True(await database.Inbox.TryAdd(first, Event("undone"), Ct));
            waiting = database.Inbox.TryAdd(second, Event("undone"), Ct);
        }

        Assert.True(await waiting);
    }

    [Fact]
    public async Task The_outcome_of_an_event_is_that_of_its_handling_once_it_was_handled()
    {
        await using var work = await database.Units.Begin(Ct);
        await database.Inbox.TryAdd(work, Event("handled") with { MessageId = unique, Outcome = "queued" }, Ct);
        Assert.Equal("queued", (await database.Inbox.Find(work, "stripe", Event("handled").EventId, Ct))?.Outcome);
        Assert.True(await database.Handled.TryAdd(work, "billing", unique, "applied", Noon, Ct));
        Assert.Equal("applied", (await database.Inbox.Find(work, "stripe", Event("handled").EventId, Ct))?.Outcome);
    }

    [Fact]
    public async Task A_message_is_applied_once_per_consumer_in_a_tenant_s_session_too()
    {
        await using (var work = await database.Units.Begin(ProductDatabase.Demo, Ct))
        {
            Assert.True(await database.Handled.TryAdd(work, "billing", unique, "applied", Noon, Ct));
            Assert.True(await database.Handled.TryAdd(work, "email", unique, "applied", Noon, Ct));
            await work.Commit(Ct);
        }

        await using var again = await database.Units.Begin(ProductDatabase.Demo, Ct);
        Assert.False(await database.Handled.TryAdd(again, "billing", unique, "applied", Noon, Ct));
    }

    [Fact]
    public async Task Old_events_and_marks_are_deleted_in_batches_and_an_event_that_was_never_applied_stays()
    {
        var (old, limit) = (Noon.AddYears(-2), Noon.AddYears(-1));
        InboxEvent Old(string name, string? message) => Event(name) with { MessageId = message, ReceivedAt = old };
        await using (var work = await database.Units.Begin(Ct))
        {
            foreach (var incoming in (InboxEvent[])[Old("ignored", null), Old("applied", unique), Old("stuck", "stuck-" + unique), Event("new")])
            {
                await database.Inbox.TryAdd(work, incoming, Ct);
            }

            await database.Handled.TryAdd(work, "billing", unique, "applied", old, Ct);
            await database.Handled.TryAdd(work, "billing", "new-" + unique, "applied", Noon, Ct);
            await work.Commit(Ct);
        }

        await using var purge = await database.Units.Begin(Ct);
        Assert.Equal(1, await database.Inbox.DeleteBefore(purge, limit, 1, Ct));
        Assert.Equal(1, await database.Inbox.DeleteBefore(purge, limit, 100, Ct));
        Assert.Equal(1, await database.Handled.DeleteBefore(purge, limit, 100, Ct));
        Assert.Null(await database.Inbox.Find(purge, "stripe", Event("applied").EventId, Ct));
        Assert.NotNull(await database.Inbox.Find(purge, "stripe", Event("stuck").EventId, Ct));
        Assert.NotNull(await database.Inbox.Find(purge, "stripe", Event("new").EventId, Ct));
        Assert.True(await database.Handled.TryAdd(purge, "billing", unique, "applied", Noon, Ct));
        Assert.False(await database.Handled.TryAdd(purge, "billing", "new-" + unique, "applied", Noon, Ct));
    }

    [Fact]
    public async Task A_session_for_a_tenant_that_does_not_exist_is_refused() =>
        await Assert.ThrowsAsync<UnknownTenantException>(() => database.Units.Begin(new TenantId("nobody"), Ct));

    [Fact]
    public async Task A_row_of_the_outbox_is_its_writer_s_until_the_lease_ends_then_anybody_s_then_sent()
    {
        var message = Message();
        await using (var work = await database.Units.Begin(ProductDatabase.Demo, Ct))
        {
            await database.Outbox.Add(work, [message], Noon.AddSeconds(30), Ct);
            await work.Commit(Ct);
        }

        Assert.DoesNotContain(message, await Claim(Noon.AddSeconds(29)));
        Assert.Contains(message, await Claim(Noon.AddSeconds(30)));
        Assert.DoesNotContain(message, await Claim(Noon.AddSeconds(59)));
        Assert.Contains(message, await Claim(Noon.AddSeconds(60)));
        await using (var work = await database.Units.Begin(Ct))
        {
            await database.Outbox.MarkSent(work, [message.Id], Noon, Ct);
            await work.Commit(Ct);
        }

        Assert.DoesNotContain(message, await Claim(Noon.AddDays(1)));
        await using var deleting = await database.Units.Begin(Ct);
        Assert.Equal(0, await database.Outbox.DeleteSentBefore(deleting, Noon, 100, Ct));
        Assert.Equal(1, await database.Outbox.DeleteSentBefore(deleting, Noon.AddSeconds(1), 100, Ct));
        await deleting.Commit(Ct);
    }

    [Fact]
    public async Task Two_claimers_at_once_get_different_rows()
    {
        await using (var work = await database.Units.Begin(Ct))
        {
            await database.Outbox.Add(work, [Message()], Noon.AddYears(-1), Ct);
            await database.Outbox.Add(work, [Message()], Noon.AddYears(-1), Ct);
            await work.Commit(Ct);
        }

        await using var first = await database.Units.Begin(Ct);
        await using var second = await database.Units.Begin(Ct);
        var a = await database.Outbox.Claim(first, Noon.AddYears(-1), Noon, 1, Ct);
        var b = await database.Outbox.Claim(second, Noon.AddYears(-1), Noon, 1, Ct);
        Assert.NotEqual(Assert.Single(a).Id, Assert.Single(b).Id);
    }

    private InboxEvent Event(string name) => new("stripe", $"evt_{name}_{unique}", "invoice.paid", null, "queued", Noon);

    private static OutboxMessage Message() =>
        new(Ids.New("msg", Noon), "email", """{"a":"ä"}""", "demo", "correlation", "00-1-2-01", Noon, Noon.AddHours(1));

    private async Task<IReadOnlyList<OutboxMessage>> Claim(DateTimeOffset at)
    {
        await using var work = await database.Units.Begin(Ct);
        var claimed = await database.Outbox.Claim(work, at, at.AddSeconds(30), 1000, Ct);
        await work.Commit(Ct);
        return claimed;
    }
}
