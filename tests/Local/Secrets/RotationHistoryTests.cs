using DurableTask.Core.Exceptions;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Durable.Secrets;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Tests.Local.DurableTask;

namespace ToolboxAI.Tests.Local.Secrets;

/// <summary>
/// A rotation takes a day or a month, releases come in between: what earlier releases wrote is replayed on today's code. The histories lie in
/// <c>Histories</c>; <c>TOOLBOX_RECORD_HISTORIES=1</c> writes those that are missing there (a changed sequence of calls needs a new version
/// of the orchestration's name, and new stories beside the old ones).
/// </summary>
public sealed class RotationHistoryTests
{
    private static readonly RecordedHistories Histories = new("Local/Secrets");

    /// <summary>What is on file.</summary>
    public static TheoryData<string> Recorded => Histories.Names;

    private static IEnumerable<(string Name, Func<Task<RecordedHistory>> Play)> Stories =>
    [
        ("rotated", () => Play(new(new()))),
        ("rotated-in-an-outage", () => Play(new(new(call => call is 1 or 4 or 9 or 13 ? TroubleKind.AfterItsEffect : null)))),
        ("undone-while-it-is-distributed", () => Play(new(new()), undoAt: 7)),
        ("undone-while-both-work", () => Play(new(new()), undoAt: 10)),
        ("does-not-work", () =>
        {
            var world = new RotationWorld(new());
            world.Issuer.RefusesNew = true;
            return Play(world);
        }),
    ];

    [Theory, MemberData(nameof(Recorded))]
    public void A_run_of_an_earlier_release_goes_on_with_today_s_code(string name)
    {
        var history = Histories.Read(name);
        Assert.True(history.Events.Count > 10);

        // A release may come at any moment of a run: every beginning of the history that ends with a step is replayed.
        for (var length = 1; length <= history.Events.Count; length++)
        {
            if (length == history.Events.Count || history.Events[length] is StepStarted)
            {
                Replay(history with { Events = [.. history.Events.Take(length)] });
            }
        }

        Assert.NotNull(Replay(history).End);
    }

    [Fact]
    public void Code_that_takes_another_way_is_found_out()
    {
        var history = Histories.Read("rotated");
        var verified = history.Events.FindIndex(happened => happened is TaskScheduled { Name: nameof(VerifyVersion) });
        var other = history.Events.ToList();
        other[verified] = (TaskScheduled)other[verified] with { Name = nameof(DistributeVersion) };
        Assert.Throws<NonDeterministicOrchestrationException>(() => Replay(history with { Events = other }));
    }

    [Fact]
    public async Task Every_story_is_on_file()
    {
        foreach (var (name, play) in Stories)
        {
            await Histories.AssertOnFile(name, await play());
        }
    }

    [Fact]
    public async Task No_value_stands_in_a_history()
    {
        foreach (var (name, play) in Stories)
        {
            var history = await play();
            var text = history.Input + HistoryJson.Write(history.Events);
            Assert.DoesNotContain(IssuerDouble.First, text);
            Assert.DoesNotContain("made 1", text);
            Assert.True(text.Length > 1_000, name);
        }
    }

    private static async Task<RecordedHistory> Play(RotationWorld world, int? undoAt = null)
    {
        await world.Run(undoAt: undoAt);
        var instance = (await world.Hub.Store.FindAsync(world.Start.InstanceId, CancellationToken.None))!;
        return new(instance.Id, instance.Input!, [.. await world.Hub.Store.ReadHistoryAsync(instance.Key, CancellationToken.None)]);
    }

    /// <summary>Where the code that runs today stands after a history; throws when it takes another way.</summary>
    private static OrchestrationExecution Replay(RecordedHistory history)
    {
        var world = new RotationWorld(new());
        var settings = new TaskHostSettings(new DurableTaskWorkerOptions(), NullLoggerFactory.Instance);
        var host = new RegistryTaskHost(new DurableTaskFactory(world.Registry), new ServiceCollection().BuildServiceProvider(), settings);
        var execution = new OrchestrationExecution(host, history.InstanceId);
        execution.Replay(history.Events.Select(past => past is ExecutionStarted started ? started with { Input = history.Input } : past));
        return execution;
    }
}
