using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Email;

namespace ToolboxAI.Tests.Email;

public sealed class MailsInMemory(InMemory database) : MailStoreContract(database, new InMemoryMailStore()), IClassFixture<InMemory>;

public sealed class MailsOnPostgres(OnPostgres database) : MailStoreContract(database, new PostgresMailStore()), IClassFixture<OnPostgres>;

public abstract class MailStoreContract(DatabaseUnderTest database, IMailStore store)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string about = "in_" + Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_is_read_as_it_was_written()
    {
        var mail = NewMail("a") with
        {
            Model = new("Schule «Ä» <b>", 1999, "eur")
            {
                NextTryAt = Noon.AddDays(3),
                TriesLeft = 2,
                Deadline = Noon.AddDays(21),
                Reason = "Your bank declined.",
                ActionUrl = "https://example.com/?a=1&b=2",
                Authenticate = true,
                Ending = "pause",
            },
        };
        await Add(mail);
        Assert.Equal(mail, Assert.Single(await About()));
    }

    [Fact]
    public async Task The_same_id_is_never_two_mails()
    {
        await Add(NewMail("a"));
        await using (var work = await Begin())
        {
            Assert.False(await store.TryAdd(work, NewMail("a") with { To = "somebody@else.example", Template = MailTemplate.Recovered }, Ct));
            await work.Commit(Ct);
        }

        Assert.Equal(NewMail("a"), Assert.Single(await About()));
    }

    [Fact]
    public async Task The_same_id_in_another_tenant_is_another_mail()
    {
        await Add(NewMail("a"));
        await using var other = await database.Units.Begin(ProductDatabase.Other, Ct);
        Assert.Null(await store.Lock(other, NewMail("a").Id, Ct));
        Assert.Empty(await store.About(other, about, Ct));
        Assert.True(await store.TryAdd(other, NewMail("a"), Ct));
    }

    [Fact]
    public async Task Two_writers_of_one_id_wait_for_each_other_and_one_wins()
    {
        await using var first = await Begin();
        await using var second = await Begin();
        Assert.True(await store.TryAdd(first, NewMail("a"), Ct));
        var waiting = store.TryAdd(second, NewMail("a"), Ct);
        await Task.WhenAny(waiting, Task.Delay(100, Ct));
        Assert.False(waiting.IsCompleted);
        await first.Commit(Ct);
        Assert.False(await waiting);
    }

    [Fact]
    public async Task A_rolled_back_mail_was_never_there()
    {
        await using (var work = await Begin())
        {
            Assert.True(await store.TryAdd(work, NewMail("a"), Ct));
        }

        Assert.Empty(await About());
    }

    [Theory]
    [InlineData(CommitPoint.BeforeCommit, 0)]
    [InlineData(CommitPoint.AfterCommit, 1)]
    public async Task A_crash_at_the_commit_leaves_all_or_nothing(CommitPoint point, int left)
    {
        var crashing = new CrashingUnitOfWorkFactory(database.Units, at => at == point);
        await Assert.ThrowsAsync<SimulatedCrashException>(async () =>
        {
            await using var work = await crashing.Begin(ProductDatabase.Demo, Ct);
            await store.TryAdd(work, NewMail("a"), Ct);
            await work.Commit(Ct);
        });
        Assert.Equal(left, (await About()).Count);
    }

    [Fact]
    public async Task An_update_changes_the_state_and_nothing_of_what_the_mail_says()
    {
        await Add(NewMail("a"));
        var sent = NewMail("a") with
        {
            State = MailState.Bounced,
            Sends = 2,
            Unanswered = 1,
            Resends = 1,
            LastSendAt = Noon.AddMinutes(1),
            SentAt = Noon.AddMinutes(2),
            MessageId = "sg-1",
            Reason = "550 no such user",
        };
        await using (var work = await Begin())
        {
            await store.Update(work, sent with { To = "x@y.example", Template = "other", About = "else" }, Ct);
            await work.Commit(Ct);
        }

        Assert.Equal(sent, Assert.Single(await About()));
    }

    [Fact]
    public async Task A_locked_mail_is_read_by_the_next_one_as_the_first_one_left_it()
    {
        await Add(NewMail("a"));
        await using var first = await Begin();
        await using var second = await Begin();
        var mail = await store.Lock(first, NewMail("a").Id, Ct);
        var waiting = store.Lock(second, NewMail("a").Id, Ct);
        await Task.WhenAny(waiting, Task.Delay(100, Ct));
        Assert.False(waiting.IsCompleted);
        await store.Update(first, mail! with { State = MailState.Sending, Sends = 1, Unanswered = 1 }, Ct);
        await first.Commit(Ct);
        Assert.Equal(MailState.Sending, (await waiting)?.State);
    }

    [Fact]
    public async Task The_mails_about_an_object_come_oldest_first()
    {
        await Add(NewMail("b") with { CreatedAt = Noon.AddDays(1) });
        await Add(NewMail("c"));
        await Add(NewMail("a"));
        await Add(NewMail("d") with { About = about + "x" });
        Assert.Equal([NewMail("a").Id, NewMail("c").Id, NewMail("b").Id], (await About()).Select(mail => mail.Id));
    }

    [Fact]
    public async Task A_mail_that_is_not_there_is_nothing()
    {
        await using var work = await Begin();
        Assert.Null(await store.Lock(work, "none", Ct));
    }

    private Mail NewMail(string id) =>
        new($"{about}/{id}", about, MailTemplate.PaymentFailed, "billing@demo.example", new("School", 4900, "usd"), Noon);

    private Task<IUnitOfWork> Begin() => database.Units.Begin(ProductDatabase.Demo, Ct);

    private async Task Add(Mail mail)
    {
        await using var work = await Begin();
        Assert.True(await store.TryAdd(work, mail, Ct));
        await work.Commit(Ct);
    }

    private async Task<IReadOnlyList<Mail>> About()
    {
        await using var work = await Begin();
        return await store.About(work, about, Ct);
    }
}
