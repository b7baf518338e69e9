using ToolboxAI.Shared.Email;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Email;

namespace ToolboxAI.Tests.Email;

public sealed class MailDeliveryInMemory(InMemory database) : MailDeliveryContract(database, new InMemoryMailStore()), IClassFixture<InMemory>;

public sealed class MailDeliveryOnPostgres(OnPostgres database) : MailDeliveryContract(database, new PostgresMailStore()), IClassFixture<OnPostgres>;

public abstract class MailDeliveryContract(DatabaseUnderTest database, IMailStore store)
{
    private readonly string id = Guid.NewGuid().ToString("N");
    private readonly MailWorld world = new(database, store);

    [Fact]
    public async Task A_mail_is_sent_once_and_its_state_says_when_and_under_which_id()
    {
        Assert.True(await world.EnqueueAsync(id));
        await world.RunAsync();
        var mail = await world.MailAsync(id);
        Assert.Equal((MailState.Accepted, MailWorld.Noon, "sg-" + id), (mail.State, mail.SentAt, mail.MessageId));
        Assert.Equal([id], world.Sent);
        Assert.Empty(world.Queue);
    }

    [Fact]
    public async Task The_same_id_is_never_two_mails_whatever_the_second_says()
    {
        Assert.True(await world.EnqueueAsync(id));
        Assert.False(await world.EnqueueAsync(id, "else@demo.example", MailTemplate.Recovered));
        await world.RunAsync();
        Assert.Equal([id], world.Sent);
    }

    [Fact]
    public async Task A_repeated_message_sends_nothing()
    {
        await world.EnqueueAsync(id);
        world.Queue.Add(world.Queue[0]);
        await world.RunAsync();
        world.Queue.Add((MailWorld.Noon, new(ProductDatabase.Demo, id)));
        await world.RunAsync();
        Assert.Equal([id], world.Sent);
    }

    [Fact]
    public async Task Nothing_is_sent_for_a_mail_that_was_rolled_back_or_does_not_exist()
    {
        await world.Delivery.Handle(new(ProductDatabase.Demo, id), CancellationToken.None);
        Assert.Empty(world.Sent);
    }

    [Fact]
    public async Task After_a_lost_answer_the_event_settles_it_and_nothing_is_sent_again()
    {
        world.Answers = () => Answer.Lost;
        await world.EnqueueAsync(id);
        await world.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(MailState.Sending, (await world.MailAsync(id)).State);

        await world.Events.Apply(world.Owed, CancellationToken.None);
        world.Answers = () => Answer.Accepted;
        await world.RunAsync();
        var mail = await world.MailAsync(id);
        Assert.Equal((MailState.Delivered, MailWorld.Noon, "sg-" + id, 0), (mail.State, mail.SentAt, mail.MessageId, mail.Resends));
        Assert.Equal([id], world.Sent);
    }

    [Fact]
    public async Task After_a_lost_answer_and_fifteen_minutes_of_silence_it_is_sent_once_more_and_that_is_recorded()
    {
        var answers = new Queue<Answer>([Answer.Lost]);
        world.Answers = () => answers.TryDequeue(out var answer) ? answer : Answer.Accepted;
        await world.EnqueueAsync(id);
        await world.RunAsync(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(10));
        Assert.Equal([id], world.Sent);
        await world.RunAsync(TimeSpan.FromMinutes(1));
        var mail = await world.MailAsync(id);
        Assert.Equal((MailState.Accepted, 1, 2, 1), (mail.State, mail.Resends, mail.Sends, mail.Unanswered));
        Assert.Equal([id, id], world.Sent);
    }

    [Fact]
    public async Task When_every_answer_and_every_event_is_lost_there_are_two_copies_at_most_and_the_mail_is_given_up()
    {
        world.Answers = () => Answer.Lost;
        await world.EnqueueAsync(id);
        await world.RunAsync();
        Assert.Equal([id, id], world.Sent);
        var mail = await world.MailAsync(id);
        Assert.Equal((MailState.Sending, "unconfirmed", 1), (mail.State, mail.Reason, mail.Resends));
    }

    [Fact]
    public async Task A_busy_service_gets_the_mail_when_it_is_not_busy_any_more()
    {
        var answers = new Queue<Answer>(Enumerable.Repeat(Answer.Busy, 5));
        world.Answers = () => answers.TryDequeue(out var answer) ? answer : Answer.Accepted;
        await world.EnqueueAsync(id);
        await world.RunAsync();
        var mail = await world.MailAsync(id);
        Assert.Equal((MailState.Accepted, 6, 0, MailWorld.Noon.AddMinutes(31)), (mail.State, mail.Sends, mail.Resends, mail.SentAt));
    }

    [Fact]
    public async Task An_outage_that_outlasts_the_mail_s_worth_ends_in_dropped()
    {
        world.Answers = () => Answer.Busy;
        await world.EnqueueAsync(id);
        await world.RunAsync();
        Assert.Equal((MailState.Dropped, "429: too many requests"), ((await world.MailAsync(id)).State, (await world.MailAsync(id)).Reason));
        Assert.InRange(world.Clock.GetUtcNow() - MailWorld.Noon, TimeSpan.FromHours(72), TimeSpan.FromHours(74));
    }

    [Fact]
    public async Task A_refused_mail_is_dropped_with_the_reason()
    {
        world.Answers = () => Answer.Refused;
        await world.EnqueueAsync(id);
        await world.RunAsync();
        var mail = await world.MailAsync(id);
        Assert.Equal((MailState.Dropped, "400: Does not contain a valid address.", 1), (mail.State, mail.Reason, mail.Sends));
    }

    [Theory]
    [InlineData(CommitPoint.BeforeCommit)]
    [InlineData(CommitPoint.AfterCommit)]
    public async Task A_crash_around_the_commit_before_the_call_sends_the_mail_once_in_the_end(CommitPoint point)
    {
        var crashes = 1;
        var crashing = new MailWorld(database, store, at => at == point && crashes-- > 0);
        await world.EnqueueAsync(id);
        await Assert.ThrowsAsync<SimulatedCrashException>(() => crashing.Delivery.Handle(world.Queue[0].Message, CancellationToken.None));
        await world.RunAsync();
        Assert.Equal([id], world.Sent);
        Assert.Equal(MailState.Accepted, (await world.MailAsync(id)).State);
    }

    [Fact]
    public async Task A_crash_after_the_call_is_settled_by_the_event()
    {
        var commits = 0;
        var crashing = new MailWorld(database, store, at => at == CommitPoint.BeforeCommit && ++commits == 2);
        await world.EnqueueAsync(id);
        await Assert.ThrowsAsync<SimulatedCrashException>(() => crashing.Delivery.Handle(world.Queue[0].Message, CancellationToken.None));
        Assert.Equal([id], crashing.Sent);
        await world.Events.Apply(crashing.Owed, CancellationToken.None);
        await world.RunAsync();
        Assert.Empty(world.Sent);
        Assert.Equal(MailState.Delivered, (await world.MailAsync(id)).State);
    }
}
