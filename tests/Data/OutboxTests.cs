using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Data;

/// <summary>A message leaves if, and only if, its change commits; a crash or an outage delays it, no more.</summary>
public sealed class OutboxTests
{
    private readonly InMemoryDatabase database = new(ProductDatabase.Demo);
    private readonly TestClock clock = new();
    private readonly TestClock machineClock = new();
    private readonly Bus bus = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_invocation_that_commits_sends_at_once()
    {
        var id = await Commit(Outbox(database), database);
        Assert.Equal(id, Assert.Single(bus.Sent).Id);
        machineClock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await Outbox(database).SendPending(Ct));
    }

    [Fact]
    public async Task Nothing_leaves_when_the_change_is_rolled_back()
    {
        await using (var work = await database.Begin(ProductDatabase.Demo, Ct))
        {
            await Outbox(database).Enqueue(work, "email", new { a = 1 }, Ct);
        }

        machineClock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await Outbox(database).SendPending(Ct));
        Assert.Empty(bus.Sent);
    }

    [Theory]
    [InlineData(CommitPoint.BeforeCommit, 0)]
    [InlineData(CommitPoint.AfterCommit, 1)]
    public async Task After_a_crash_the_timer_sends_what_was_committed(CommitPoint point, int expected)
    {
        var crashing = new CrashingUnitOfWorkFactory(database, at => at == point);
        await Assert.ThrowsAsync<SimulatedCrashException>(() => Commit(Outbox(crashing), crashing));
        Assert.Empty(bus.Sent);
        Assert.Equal(0, await Outbox(database).SendPending(Ct));             // the dead invocation's lease still holds
        machineClock.Advance(ToolboxAI.Shared.Data.Outbox.Lease);
        Assert.Equal(expected, await Outbox(database).SendPending(Ct));
        Assert.Equal(expected, bus.Sent.Count);
    }

    [Fact]
    public async Task An_outage_of_the_bus_is_not_the_caller_s_problem()
    {
        bus.Down = true;
        await Commit(Outbox(database), database);
        machineClock.Advance(ToolboxAI.Shared.Data.Outbox.Lease);
        Assert.Equal(0, await Outbox(database).SendPending(Ct));
        bus.Down = false;
        machineClock.Advance(ToolboxAI.Shared.Data.Outbox.Lease);
        Assert.Equal(1, await Outbox(database).SendPending(Ct));
    }

    [Fact]
    public async Task A_jump_of_the_business_clock_lets_no_lease_lapse()
    {
        var crashing = new CrashingUnitOfWorkFactory(database, at => at == CommitPoint.AfterCommit);
        await Assert.ThrowsAsync<SimulatedCrashException>(() => Commit(Outbox(crashing), crashing));
        clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, await Outbox(database).SendPending(Ct));
    }

    [Fact]
    public async Task A_lease_ends_by_the_machine_s_clock_however_far_ahead_the_business_clock_is()
    {
        clock.Advance(TimeSpan.FromDays(30));
        var crashing = new CrashingUnitOfWorkFactory(database, at => at == CommitPoint.AfterCommit);
        await Assert.ThrowsAsync<SimulatedCrashException>(() => Commit(Outbox(crashing), crashing));
        machineClock.Advance(ToolboxAI.Shared.Data.Outbox.Lease);
        Assert.Equal(1, await Outbox(database).SendPending(Ct));
    }

    [Fact]
    public async Task A_message_says_whose_it_is_and_what_caused_it()
    {
        Correlation.Id = "call-1";
        using var activity = new System.Diagnostics.Activity("test").SetIdFormat(System.Diagnostics.ActivityIdFormat.W3C).Start();
        await Commit(Outbox(database), database);
        var message = Assert.Single(bus.Sent);
        Assert.Equal(("demo", "call-1", activity.Id, """{"a":1}"""), (message.Tenant, message.CorrelationId, message.Traceparent, message.Body));
    }

    [Fact]
    public async Task More_than_a_batch_is_sent_in_one_go()
    {
        bus.Down = true;
        for (var i = 0; i < 120; i++)
        {
            await Commit(Outbox(database), database);
        }

        bus.Down = false;
        machineClock.Advance(ToolboxAI.Shared.Data.Outbox.Lease);
        Assert.Equal(120, await Outbox(database).SendPending(Ct));
        Assert.Equal(120, bus.Sent.Select(message => message.Id).Distinct().Count());
    }

    private Outbox Outbox(IUnitOfWorkFactory units) =>
        new(new InMemoryOutboxStore(), units, bus, clock, new MachineClock(machineClock), NullLogger<Outbox>.Instance);

    private static async Task<string> Commit(Outbox outbox, IUnitOfWorkFactory units)
    {
        await using var work = await units.Begin(ProductDatabase.Demo, Ct);
        var id = await outbox.Enqueue(work, "email", new { a = 1 }, Ct);
        await work.Commit(Ct);
        return id;
    }

    private sealed class Bus : IMessageBus
    {
        public bool Down { get; set; }

        public List<OutboxMessage> Sent { get; } = [];

        public Task Send(OutboxMessage message, CancellationToken ct)
        {
            if (Down)
            {
                throw new ServiceBusException("down", ServiceBusFailureReason.ServiceCommunicationProblem);
            }

            Sent.Add(message);
            return Task.CompletedTask;
        }
    }
}
