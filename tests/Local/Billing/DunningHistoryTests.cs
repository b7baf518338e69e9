using DurableTask.Core.Exceptions;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Tests.Local.DurableTask;

namespace ToolboxAI.Tests.Local.Billing;

/// <summary>
/// Runs take weeks, releases come in between: what earlier releases wrote is replayed on today's code. The histories lie in
/// <c>Histories</c>; <c>TOOLBOX_RECORD_HISTORIES=1</c> writes those that are missing there (a changed sequence of calls needs a new version
/// of the orchestration's name, and new stories beside the old ones).
/// </summary>
public sealed class DunningHistoryTests
{
    private const int MostEvents = 1_000;
    private static readonly RecordedHistories Histories = new("Local/Billing");
    private static readonly DunningPolicy Pausing = new([1, 3], DunningEnding.Pause);

    /// <summary>What is on file.</summary>
    public static TheoryData<string> Recorded => Histories.Names;

    private static IEnumerable<(string Name, Func<Task<(RecordedHistory History, int MostEvents)>> Play)> Stories =>
    [
        ("cancelled", () => DunningStory.Play(DunningPolicy.Default)),
        ("new-card", () => DunningStory.Play(
            DunningPolicy.Default, [DunningStory.Soft, DunningStory.Soft, DunningStory.Paid], [(4.2, new(SignalKind.NewCard, "pm_second", "call-2"))])),
        ("paid-elsewhere", () => DunningStory.Play(DunningPolicy.Default, [DunningStory.Hard], [(2.5, new(SignalKind.Paid))])),
        ("held-and-asked", () => DunningStory.Play(
            Pausing,
            [DunningStory.Unknown, DunningStory.Unknown, DunningStory.Soft],
            [(1.5, new(SignalKind.Pause)), (2, new(SignalKind.Resume)), (2.5, new(SignalKind.RetryNow))])),
        ("stopped", () => DunningStory.Play(DunningPolicy.Default, signals: [(5.5, new(SignalKind.Stop))])),
        ("given-up-in-an-outage", () => DunningStory.Play(
            new([1], DunningEnding.Uncollectible),
            failures: new Dictionary<string, int> { [nameof(QueueDunningMail)] = 2, [nameof(CloseInvoice)] = 3, [nameof(WithdrawAccess)] = 1 })),
    ];

    [Theory, MemberData(nameof(Recorded))]
    public void A_run_of_an_earlier_release_goes_on_with_today_s_code(string name)
    {
        var history = Histories.Read(name);
        Assert.True(history.Events.Count > 10);

        // A release may come at any moment of a run: every beginning of the history is replayed.
        for (var length = 1; length <= history.Events.Count; length++)
        {
            var events = history.Events.Take(length).ToList();
            if (length == history.Events.Count || history.Events[length] is not ActionEvent)
            {
                DunningStory.Replay(history with { Events = events });
            }
        }

        Assert.NotNull(DunningStory.Replay(history).End);
    }

    [Fact]
    public void Code_that_takes_another_way_is_found_out()
    {
        var history = Histories.Read("cancelled");
        var calls = history.Events.Select((happened, index) => (happened, index)).Where(item => item.happened is TaskScheduled).Select(item => item.index).ToList();
        var (first, second) = (calls[0], calls.First(call => ((TaskScheduled)history.Events[call]).Name != ((TaskScheduled)history.Events[calls[0]]).Name));
        var other = history.Events.ToList();
        other[first] = (TaskScheduled)other[first] with { Name = ((TaskScheduled)other[second]).Name };
        Assert.Throws<NonDeterministicOrchestrationException>(() => DunningStory.Replay(history with { Events = other }));
    }

    [Fact]
    public async Task Every_story_is_on_file()
    {
        foreach (var (name, play) in Stories)
        {
            await Histories.AssertOnFile(name, (await play()).History);
        }
    }

    [Fact]
    public async Task A_history_stays_under_a_thousand_events_however_long_the_run_and_however_bad_the_day()
    {
        var days = Enumerable.Range(1, DunningPolicy.MaxTries).ToList();
        var unknown = Enumerable.Repeat(DunningStory.Unknown, 400);
        var signals = Enumerable.Range(0, 300).Select(number => (number / 20.0, new DunningSignal(number % 2 == 0 ? SignalKind.Pause : SignalKind.Resume)));
        Assert.InRange((await DunningStory.Play(new(days, DunningEnding.Cancel), unknown)).MostEvents, 100, MostEvents);
        Assert.InRange((await DunningStory.Play(new(days, DunningEnding.Cancel), signals: signals)).MostEvents, 100, MostEvents);

        // Nothing answers for days: the database first, then Stripe at the end.
        string[] all = [nameof(QueueDunningMail), nameof(RecordDunning), nameof(CloseInvoice), nameof(CancelSubscription)];
        var outage = all.ToDictionary(name => name, _ => 50);
        Assert.InRange((await DunningStory.Play(new(days, DunningEnding.Cancel), unknown, failures: outage)).MostEvents, 100, MostEvents);
    }

    [Theory]
    [InlineData(DunningEnding.Pause, true, DunningStatus.Suspended)]
    [InlineData(DunningEnding.Pause, false, DunningStatus.Recovered)]
    [InlineData(DunningEnding.Pause, null, DunningStatus.Stopped)]
    [InlineData(DunningEnding.Uncollectible, true, DunningStatus.Uncollectible)]
    [InlineData(DunningEnding.Uncollectible, false, DunningStatus.Stopped)]
    [InlineData(DunningEnding.Uncollectible, null, DunningStatus.Uncollectible)]        // an earlier release's activity answered nothing
    public async Task The_ending_says_how_the_run_ends_and_a_run_with_nothing_left_to_collect_mails_nothing(
        DunningEnding policy, bool? answer, DunningStatus expected)
    {
        var (history, _) = await DunningStory.Play(new([1], policy), ending: answer);
        Assert.Equal($"\"{expected}\"", history.Events.OfType<ExecutionCompleted>().Single().Result, ignoreCase: true);
        var after = history.Events.OfType<TaskScheduled>().Select(call => call.Name).SkipWhile(name => name is not (nameof(PauseCollection) or nameof(WithdrawAccess)));
        Assert.Equal(expected == DunningStatus.Stopped, !after.Contains(nameof(QueueDunningMail)));
    }

    [Theory, InlineData(DunningEnding.Cancel), InlineData(DunningEnding.Pause), InlineData(DunningEnding.Uncollectible)]
    public async Task Every_activity_is_told_the_id_of_the_call_that_moved_the_run_last(DunningEnding ending)
    {
        var (history, _) = await DunningStory.Play(new([1, 3], ending), signals: [(2, new(SignalKind.RetryNow, CorrelationId: "call-2"))]);
        var calls = history.Events.OfType<TaskScheduled>().ToList();
        var turn = calls.FindIndex(call => call.Input!.Contains("call-2"));

        Assert.InRange(turn, 1, calls.Count - 4);
        Assert.All(calls[..turn], call => Assert.Contains("call-1", call.Input));
        Assert.All(calls[turn..], call => Assert.Contains("call-2", call.Input));
    }
}
