using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployments;

/// <summary>Two processes and many deployments of one Roblox owner: together they keep the owner's limits.</summary>
[Collection("deployment application")]
public sealed partial class SharedBudgetTests(DeploymentApplication application)
{
    private const int Experiences = 3;
    private static readonly Dictionary<string, string> LogsFunctions = new() { ["Logging__LogLevel__Function"] = "Debug" };

    [Fact]
    public async Task Two_processes_share_the_budget_of_an_owner()
    {
        await using var second = await RunningApplication.StartAsync(attach: Path.Combine(application.Application.Data, "services.json"), settings: LogsFunctions);
        var studios = new List<TestStudio>();
        for (var number = 0; number < Experiences; number++)
        {
            studios.Add(await application.Studio($"shared-{number}"));
        }

        var started = await Task.WhenAll(studios.Select((studio, number) => number % 2 == 0 ? application.Deploy(studio.Release(1)) : Deploy(second, studio)));
        foreach (var (studio, id) in studios.Zip(started))
        {
            await application.UntilStatus(id, "succeeded");
            Assert.Empty(studio.Differences(await application.Players(studio.Production), studio.Release(1)));
        }

        // Six places are tried in staging, and Roblox allows five trials a minute: who doesn't ask the others is refused.
        var windows = (await application.Players(studios[0].Production))["windows"]!.AsArray();
        Assert.Contains(windows, window => (long)window!["total"]! > (long)window["limit"]!);
        Assert.All(windows, window => Assert.Equal(0, (long)window!["refused"]!));
        Assert.All(windows, window => Assert.InRange((long)window!["most"]!, 1, (long)window["limit"]!));
        var made = CallsOf(second);
        Assert.True(made > 0 && made < windows.Sum(window => (long)window!["total"]!), $"the second process made {made} calls:\n{second.Process.Output}");
    }

    /// <summary>Plans with the one process, starts with the other.</summary>
    private async Task<string> Deploy(RunningApplication other, TestStudio studio)
    {
        var plan = await application.Plan(studio.Release(1));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/deployments") { Content = JsonContent.Create(new { planHash = (string?)plan["planHash"] }) };
        request.Headers.Add("X-Api-Key", DeploymentApplication.Developer);
        using var answer = await other.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["id"]!;
    }

    /// <summary>How many calls of a deployment a process made, by its log.</summary>
    private static int CallsOf(RunningApplication process) => Calls().Count(process.Process.Output);

    [GeneratedRegex("Executed 'Functions.(CreateAsset|ReadOperation|GrantAssets|PublishVersion|WriteConfig|RunTest|ReadTest)'", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Calls();
}
