using ToolboxAI.Shared.Email;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Email;

namespace ToolboxAI.Tests.Email;

public sealed class MailEventsInMemory(InMemory database) : MailEventsContract(database, new InMemoryMailStore()), IClassFixture<InMemory>;

public sealed class MailEventsOnPostgres(OnPostgres database) : MailEventsContract(database, new PostgresMailStore()), IClassFixture<OnPostgres>;

public abstract class MailEventsContract(DatabaseUnderTest database, IMailStore store)
{
    private readonly string id = Guid.NewGuid().ToString("N");
    private readonly MailWorld world = new(database, store);

    [Fact]
    public async Task Events_take_the_mail_on_in_any_order_and_each_is_recorded_with_its_outcome()
    {
        await Accept();
        var delivered = MailWorld.Event(id, "delivered");
        var processed = MailWorld.Event(id, "processed");
        await world.Events.Apply([delivered], CancellationToken.None);
        await world.Events.Apply([processed], CancellationToken.None);
        Assert.Equal(MailState.Delivered, (await world.MailAsync(id)).State);
        Assert.Equal("applied", await Outcome(delivered.Id));
        Assert.Equal("unchanged", await Outcome(processed.Id));
    }

    [Fact]
    public async Task A_repeated_event_changes_nothing_and_keeps_its_outcome()
    {
        await Accept();
        var bounce = MailWorld.Event(id, "bounce");
        await world.Events.Apply([bounce, bounce], CancellationToken.None);
        await world.Events.Apply([bounce], CancellationToken.None);
        Assert.Equal((MailState.Bounced, "why"), ((await world.MailAsync(id)).State, (await world.MailAsync(id)).Reason));
        Assert.Equal("applied", await Outcome(bounce.Id));
    }

    [Theory]
    [InlineData("demo", "no-such-mail", "unknown_mail")]
    [InlineData("nobody", "x", "unknown_tenant")]
    [InlineData("'; DROP SCHEMA toolbox CASCADE; --", "x", "unknown_tenant")]
    [InlineData(null, null, "not_ours")]
    [InlineData("demo", null, "not_ours")]
    public async Task An_event_about_nothing_of_ours_is_recorded_as_that(string? tenant, string? mailId, string outcome)
    {
        var e = MailWorld.Event(mailId ?? "", "delivered") with { Tenant = tenant, MailId = mailId };
        await world.Events.Apply([e], CancellationToken.None);
        Assert.Equal(outcome, await Outcome(e.Id));
    }

    [Fact]
    public async Task A_tenant_s_event_never_reaches_another_tenant_s_mail()
    {
        await Accept();
        var e = MailWorld.Event(id, "bounce", tenant: "other");
        await world.Events.Apply([e], CancellationToken.None);
        Assert.Equal("unknown_mail", await Outcome(e.Id));
        Assert.Equal(MailState.Accepted, (await world.MailAsync(id)).State);
    }

    [Fact]
    public async Task One_post_may_be_about_many_mails_and_tenants()
    {
        await Accept();
        var events = new[] { MailWorld.Event(id, "processed"), MailWorld.Event("none", "delivered"), MailWorld.Event("none", "open", tenant: "nobody"), MailWorld.Event(id, "delivered") };
        await world.Events.Apply(events, CancellationToken.None);
        Assert.Equal(MailState.Delivered, (await world.MailAsync(id)).State);
        Assert.Equal<string?[]>(["unchanged", "unknown_mail", "unknown_tenant", "applied"], await Task.WhenAll(events.Select(e => Outcome(e.Id))));
    }

    [Theory]
    [InlineData(CommitPoint.BeforeCommit, 1)]
    [InlineData(CommitPoint.AfterCommit, 1)]
    [InlineData(CommitPoint.BeforeCommit, 2)]
    [InlineData(CommitPoint.AfterCommit, 2)]
    public async Task A_post_that_a_crash_cut_short_is_applied_once_when_it_comes_again(CommitPoint point, int commit)
    {
        await Accept();
        var e = MailWorld.Event(id, "delivered");
        var commits = 0;
        var crashing = new MailWorld(database, store, at => at == point && ++commits == commit);
        await Assert.ThrowsAsync<SimulatedCrashException>(() => crashing.Events.Apply([e], CancellationToken.None));
        await world.Events.Apply([e], CancellationToken.None);
        Assert.Equal(MailState.Delivered, (await world.MailAsync(id)).State);
        Assert.Equal("applied", await Outcome(e.Id));
    }

    [Fact]
    public async Task Posts_at_once_about_the_same_mails_end_alike()
    {
        await Accept();
        await world.EnqueueAsync(id + "b");
        var events = (string[])["processed", "deferred", "delivered", "open"];
        var all = events.SelectMany(type => (string[])[id, id + "b"], (type, mail) => MailWorld.Event(mail, type)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() =>
            world.Events.Apply([.. all.OrderBy(e => HashCode.Combine(e.Id, i)).Take(6)], CancellationToken.None))));
        await world.Events.Apply(all, CancellationToken.None);
        Assert.Equal(MailState.Delivered, (await world.MailAsync(id)).State);
        Assert.Equal(MailState.Delivered, (await world.MailAsync(id + "b")).State);
    }

    private async Task Accept()
    {
        await world.EnqueueAsync(id);
        await world.RunAsync();
    }

    private async Task<string?> Outcome(string eventId)
    {
        await using var work = await database.Units.Begin(CancellationToken.None);
        return (await database.Inbox.Find(work, "sendgrid", eventId, CancellationToken.None))?.Outcome;
    }
}
