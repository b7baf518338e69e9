using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Hosting;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Who waits for a start hears of that start's steps.</summary>
public sealed class HubNewsTests
{
    private readonly HubNews news = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_late_news_of_an_ended_execution_is_not_taken_for_the_end_of_the_next_one()
    {
        news.Expect("one", "second");
        news.Stepped(Ended("first"));
        using var watch = news.Watch("one");
        Assert.Null(await watch.NextAsync(TimeSpan.Zero, Ct));

        news.Stepped(Ended("second"));
        Assert.Equal("second", (await watch.NextAsync(TimeSpan.Zero, Ct))?.ExecutionId);
    }

    [Fact]
    public async Task What_an_execution_goes_on_as_is_heard_of_too()
    {
        news.Expect("one", "first");
        news.Stepped(Ended("first"));
        news.Stepped(Ended("as new"));
        using var watch = news.Watch("one");

        Assert.Equal("as new", (await watch.NextAsync(TimeSpan.Zero, Ct))?.ExecutionId);
    }

    [Fact]
    public async Task A_refused_start_is_waited_for_by_nobody()
    {
        news.Expect("one", "refused");
        news.Refused("one");
        using var watch = news.Watch("one");
        news.Stepped(Ended("running"));

        Assert.Null(watch.From);
        Assert.Equal("running", (await watch.NextAsync(TimeSpan.Zero, Ct))?.ExecutionId);
    }

    private static Instance Ended(string executionId) =>
        new() { Id = "one", Name = "Echo", ExecutionId = executionId, Status = OrchestrationRuntimeStatus.Completed };
}
