using System.Globalization;
using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Tests.Simulation.Deployments;

public sealed class FleetTests(ITestOutputHelper output)
{
    /// <summary>What an allowed call holds of a limit: the minute, and the time in which it may begin by clocks that differ.</summary>
    private const double SecondsOfAPermit = 77;

    /// <summary>The long form, 100 deployments of 20 tenants, is run with <c>TOOLBOX_FLEET=100</c>.</summary>
    [Fact]
    public async Task A_hundred_deployments_at_once_succeed_though_a_tenth_of_all_calls_goes_wrong()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("TOOLBOX_FLEET") ?? "20", CultureInfo.InvariantCulture);
        await using var fleet = new Fleet(seed: 11, tenants: Math.Max(2, count / 5), deployments: count, owners: Math.Max(1, count / 25));
        await fleet.Deploy(faults: 0.1, TimeSpan.FromHours(12));

        var all = await fleet.Deployments();
        var succeeded = all.Where(deployment => deployment.State.Status == DeploymentStatus.Succeeded).ToList();
        foreach (var failed in all.Except(succeeded))
        {
            output.WriteLine($"{failed.Start.Experience}: {failed.State.Status} at {failed.State.Stage}: {failed.State.Reason}");
        }

        Assert.Equal(count, all.Count);                                                // none is lost
        Assert.All(all, deployment => Assert.True(deployment.State.Ended, $"{deployment.Start.Experience} stands at {deployment.State.Stage}"));
        Assert.True(succeeded.Count > 0.95 * count, $"Only {succeeded.Count} of {count} succeeded.");
        Assert.Empty(await fleet.Differences(succeeded));

        var windows = await fleet.Windows();
        Assert.All(windows, window => Assert.True((long)window["most"]! <= (long)window["limit"]! * 1.01, window.ToJsonString()));
        var took = all.Max(deployment => deployment.State.Timeline[^1].At) - all.Min(deployment => deployment.StartedAt);
        var (slowest, least) = windows.Select(window => (Name: (string)window["endpoint"]!, Least: TimeSpan.FromMinutes((double)(long)window["total"]! / (long)window["limit"]!))).MaxBy(window => window.Least);
        var budget = least * (SecondsOfAPermit / 60) * 5 / 4;                          // a fifth is kept for rollbacks
        output.WriteLine($"{succeeded.Count} of {count} succeeded in {took:hh\\:mm\\:ss}; Roblox's own limit on {slowest} sets {least:hh\\:mm\\:ss}, the budget {budget:hh\\:mm\\:ss}; the most refused: {windows.Max(window => (long)window["refused"]!)}.");
        Assert.InRange(took, TimeSpan.Zero, budget + TimeSpan.FromMinutes(10));
    }
}
