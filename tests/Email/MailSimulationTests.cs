using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Email;

namespace ToolboxAI.Tests.Email;

/// <summary>
/// A seed decides when the process dies, which answers are lost, and in which order, how often and whether events come. A
/// failing seed is in the message; give it to <c>Seeds</c> to keep it.
/// </summary>
public sealed class MailSimulationTests(OnPostgres postgres) : IClassFixture<OnPostgres>
{
    private const int MailsPerSeed = 3;

    [Theory]
    [InlineData(0, 500)]
    [InlineData(500, 500)]
    public async Task Whatever_happens_no_mail_is_lost_and_none_is_sent_twice_while_events_come(int from, int count)
    {
        for (var seed = from; seed < from + count; seed++)
        {
            await RunAsync(seed, new InMemory(), new InMemoryMailStore());
        }
    }

    [Fact]
    public async Task The_same_holds_on_postgresql()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            await RunAsync(seed, postgres, new PostgresMailStore());
        }
    }

    private static async Task RunAsync(int seed, DatabaseUnderTest database, IMailStore store)
    {
        var random = new Random(seed);
        var eventsAreLost = seed % 4 == 3;
        var crashes = random.Next(6);
        var world = new MailWorld(database, store, _ => crashes > 0 && random.Next(8) == 0 && crashes-- > 0)
        {
            Answers = () => random.Next(6) switch { 0 => Answer.Lost, 1 => Answer.LostUnsent, 2 => Answer.Error, 3 => Answer.Busy, _ => Answer.Accepted },
        };
        var ids = Enumerable.Range(0, MailsPerSeed).Select(i => $"{Guid.NewGuid():N}-{i}").ToList();
        foreach (var id in ids)
        {
            await Survive(() => world.EnqueueAsync(id));
            await Survive(() => world.EnqueueAsync(id));                         // the caller's step runs again after a crash
        }

        await Survive(world.SendPendingAsync);
        for (var step = 0; step < 2000 && (world.Queue.Count > 0 || (world.Owed.Count > 0 && !eventsAreLost)); step++)
        {
            await Survive(() => StepAsync(world, random, eventsAreLost));
            if (world.Queue.Count == 0)
            {
                await Survive(world.SendPendingAsync);
            }
        }

        foreach (var id in ids)
        {
            await Check(seed, world, id, eventsAreLost);
        }
    }

    private static async Task StepAsync(MailWorld world, Random random, bool eventsAreLost)
    {
        if (world.Owed.Count > 0 && !eventsAreLost && (world.Queue.Count == 0 || random.Next(2) == 0))
        {
            List<SendGridEvent> post = [.. world.Owed.OrderBy(_ => random.Next()).Take(1 + random.Next(4))];
            await world.Events.Apply(post, CancellationToken.None);
            if (random.Next(3) > 0)
            {
                world.Owed.RemoveAll(post.Contains);                              // otherwise the post comes again
            }
        }
        else if (world.Queue.Count > 0)
        {
            // As at the real queue: a message leaves it when it was handled, and now and then it is handed out twice. Events
            // come within the silence, so time does not pass while they are owed.
            var due = world.Queue.Min(m => m.DueAt);
            if (due > world.Clock.GetUtcNow() && world.Owed.Count > 0 && !eventsAreLost)
            {
                return;
            }

            world.MoveTo(due);
            var ready = world.Queue.Where(m => m.DueAt <= world.Clock.GetUtcNow()).ToList();
            var next = ready[random.Next(ready.Count)];
            await world.Delivery.Handle(next.Message, CancellationToken.None);
            if (random.Next(8) > 0)
            {
                world.Queue.Remove(next);
            }
        }
    }

    private static async Task Check(int seed, MailWorld world, string id, bool eventsAreLost)
    {
        var mail = await world.MailAsync(id);
        var copies = world.Sent.Count(sent => sent == id);
        Assert.True(copies <= 2, $"seed {seed}: {copies} copies");
        Assert.True(copies <= 1 + mail.Resends, $"seed {seed}: a duplicate is not recorded");
        if (eventsAreLost)
        {
            Assert.True(mail.State is MailState.Accepted or MailState.Sending, $"seed {seed}: {mail.State}");
            Assert.True(mail.State is MailState.Accepted || mail.Reason == "unconfirmed", $"seed {seed}: {mail.State} {mail.Reason} is no rest");
        }
        else
        {
            Assert.True(copies <= 1, $"seed {seed}: sent twice though the events came");
            Assert.True(copies == 0 ? mail is { State: MailState.Sending, Reason: "unconfirmed" } : mail.State is MailState.Delivered, $"seed {seed}: {mail.State} {mail.Reason} with {copies} copies");
        }
    }

    private static async Task Survive(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (SimulatedCrashException)
        {
            // The process starts again: what it had in memory is gone, the database and the queue are as they were.
        }
    }
}
