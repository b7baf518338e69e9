using DurableTask.Core.Exceptions;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Local.DurableTask;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>
/// A deployment waits for approval, for moderation, for Roblox, and releases come in between: what earlier releases wrote is replayed on
/// today's code, the runs of its steps included. The histories lie in <c>Histories</c>; <c>TOOLBOX_RECORD_HISTORIES=1</c> writes those that
/// are missing there (a changed sequence of calls needs a new version of the orchestration's name, and new stories beside the old ones).
/// </summary>
public sealed class DeploymentHistoryTests
{
    private static readonly RecordedHistories Histories = new("Simulation/Deployments");

    private static readonly string[] Orchestrations =
        [DeploymentStart.Orchestration, nameof(PublishPlace), nameof(ReadHealth), nameof(SetModel), nameof(TestPlace), nameof(UploadAsset)];

    /// <summary>What is on file.</summary>
    public static TheoryData<string> Recorded => Histories.Names;

    [Theory, MemberData(nameof(Recorded))]
    public async Task A_run_of_an_earlier_release_goes_on_with_today_s_code(string name)
    {
        await using var code = new Code();
        var history = Histories.Read(name);
        Assert.True(history.Events.OfType<ActionEvent>().Count() > 1);

        // A release may come at any moment of a run: every beginning of the history that ends with a step is replayed.
        for (var length = 1; length < history.Events.Count; length++)
        {
            if (history.Events[length] is StepStarted)
            {
                Assert.Null(code.Replay(history with { Events = [.. history.Events.Take(length)] }).End);
            }
        }

        // What continued as new was kept as it stood before its last step.
        Assert.Equal(history.Events[^1] is ExecutionCompleted, code.Replay(history).End is not null);
    }

    [Fact]
    public async Task Code_that_takes_another_way_is_found_out()
    {
        await using var code = new Code();
        var history = Histories.Read("live-PublishPlace-1");
        var published = history.Events.FindIndex(happened => happened is TaskScheduled { Name: nameof(Durable.Deployments.Calls.PublishVersion) });
        var other = history.Events.ToList();
        other[published] = (TaskScheduled)other[published] with { Name = nameof(Durable.Deployments.Calls.ReadHistory) };
        Assert.Throws<NonDeterministicOrchestrationException>(() => code.Replay(history with { Events = other }));
    }

    /// <summary>A way that an earlier story took as well is kept once, under that story's name.</summary>
    [Fact]
    public async Task Every_story_is_on_file()
    {
        var ways = new HashSet<string>();
        foreach (var (story, play) in DeploymentStory.All)
        {
            foreach (var runs in (await play()).GroupBy(HistoryRecorder.NameOf))
            {
                foreach (var (number, history) in runs.Index().Where(run => ways.Add(HistoryRecorder.WayOf(run.Item))))
                {
                    await Histories.AssertOnFile($"{story}-{runs.Key}-{number + 1}", history);
                }
            }
        }
    }

    [Fact]
    public void Every_orchestration_of_deployments_is_on_file() => Assert.Equal(
        Orchestrations,
        Histories.Names.Select(row => HistoryRecorder.NameOf(Histories.Read(row.Data))).Distinct().Order(StringComparer.Ordinal));

    /// <summary>The code that runs today.</summary>
    private sealed class Code : IAsyncDisposable
    {
        private readonly DeploymentWorld world = new(1, DeploymentDatabase.Memory(ProductDatabase.Demo), Plants.None, null);
        private readonly RegistryTaskHost host;

        public Code()
        {
            var settings = new TaskHostSettings(new DurableTaskWorkerOptions { EnableEntitySupport = true }, NullLoggerFactory.Instance);
            host = new(new DurableTaskFactory(world.AppOf(world.Simulation.Processes[0]).Registry), new ServiceCollection().BuildServiceProvider(), settings);
        }

        /// <summary>Where the code stands after a history; throws when it takes another way.</summary>
        public OrchestrationExecution Replay(RecordedHistory history)
        {
            var execution = new OrchestrationExecution(host, history.InstanceId);
            execution.Replay(history.Events.Select(past => past is ExecutionStarted started ? started with { Input = history.Input } : past));
            return execution;
        }

        public ValueTask DisposeAsync() => world.DisposeAsync();
    }
}
