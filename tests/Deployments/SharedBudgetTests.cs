using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployments;

/// <summary>Two processes and many deployments of one Roblox owner: together they keep the owner's limits.</summary>
[Collection("deployment application")]
public sealed class SharedBudgetTests(DeploymentApplication application)
{
    private const int Experiences = 4;
    private static readonly string[] Calls = ["CreateAsset", "PublishPlace", "RunLuau", "ReadOperation"];

    [Fact]
    public async Task Two_processes_share_the_budget_of_an_owner()
    {
        await using var second = await RunningApplication.StartAsync(attach: Path.Combine(application.Application.Data, "services.json"));
        var studios = new List<TestStudio>();
        for (var number = 0; number < Experiences; number++)
        {
            studios.Add(await application.Studio($"shared-{number}"));
        }

        var started = await Task.WhenAll(studios.Select(studio => application.Deploy(studio.Release(1))));
        foreach (var (studio, id) in studios.Zip(started))
        {
            await application.UntilStatus(id, "succeeded");
            Assert.Empty(studio.Differences(await application.Players(studio.Production), studio.Release(1)));
        }

        // Eight trials of places in staging, eight in production, and Roblox allows five a minute: who doesn't ask the others is refused.
        var windows = (await application.Players(studios[0].Production))["windows"]!.AsArray();
        Assert.Contains(windows, window => (long)window!["total"]! > (long)window["limit"]!);
        Assert.All(windows, window => Assert.Equal(0, (long)window!["refused"]!));
        Assert.All(windows, window => Assert.InRange((long)window!["most"]!, 1, (long)window["limit"]!));
        Assert.All(new[] { application.Application, second }, process => Assert.True(Made(process), $"a process made no call:\n{process.Process.Output}"));
    }

    /// <summary>Whether a process has called Roblox, by its log.</summary>
    private static bool Made(RunningApplication process) => Calls.Any(call => process.Process.Output.Contains(call, StringComparison.Ordinal));
}
