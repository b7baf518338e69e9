using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Deployments;

/// <summary>
/// Deployments and rollbacks, while the application is killed at random moments of them. <c>TOOLBOX_KILLS</c> says how often each kind
/// is killed; 20 is the long form.
/// </summary>
[Collection("deployment application")]
public sealed class DeploymentKillTests(DeploymentApplication application, ITestOutputHelper output)
{
    private const int MostKillsOfARun = 2;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(8);
    private readonly Random random = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Dictionary<string, int> kills = new() { ["deploy"] = 0, ["rollback"] = 0 };

    private static int KillsOfEach => int.Parse(Environment.GetEnvironmentVariable("TOOLBOX_KILLS") ?? "2", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Killed_at_random_moments_deployments_and_rollbacks_end_as_they_should_without_help()
    {
        var studio = await application.Studio("killed");
        var first = studio.Release(1);
        var id = await application.Deploy(first);
        var forth = await TimeOf(id);
        var back = forth / 4;
        await LiveIs(studio, first);

        for (var edition = 2; kills.Values.Min() < KillsOfEach; edition++)
        {
            var release = studio.Release(edition);
            id = await application.Deploy(release);
            await EndsWhileKilled(id, forth);
            await LiveIs(studio, release);

            var rollback = await application.Call(HttpMethod.Post, $"/api/v1/deployments/{id}/rollback", new { to = "1.0.0" });
            var before = kills["rollback"];
            await EndsWhileKilled((string)rollback!["id"]!, back);
            back = kills["rollback"] == before ? back / 2 : back;             // it was over sooner than expected: strike sooner
            await LiveIs(studio, first);
        }
    }

    private async Task<TimeSpan> TimeOf(string id)
    {
        var began = watch.Elapsed;
        await application.UntilStatus(id, "succeeded");
        return watch.Elapsed - began;
    }

    private async Task LiveIs(TestStudio studio, TestRelease wanted)
    {
        var live = await application.Live(studio.Experience);
        Assert.Null((string?)live["movingTo"]);
        Assert.Null((string?)live["deployment"]);
        Assert.Empty(studio.Differences(await application.Players(studio.Production), wanted));
    }

    /// <summary>Moves the clock while the application dies again and again, until the run has ended, as it should.</summary>
    private async Task EndsWhileKilled(string id, TimeSpan usual)
    {
        var since = watch.Elapsed;
        var moments = new Queue<TimeSpan>(Enumerable.Range(0, MostKillsOfARun).Select(_ => usual * random.NextDouble()).Order());
        JsonNode deployment;
        while ((string?)(deployment = await Insist(id))["status"] is "running" or "rollingBack")
        {
            Assert.True(watch.Elapsed - since < RunLimit, $"{id} does not end: {deployment}\n{application.Application.Process.Output}");
            var advancing = Try(HttpMethod.Post, "/local/clock/advance", new { by = "PT5S" });
            if (moments.TryPeek(out var moment) && kills[(string)deployment["kind"]!] < KillsOfEach)
            {
                var left = moment - (watch.Elapsed - since);
                await Task.WhenAny(advancing, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero));
                if (watch.Elapsed - since >= moment)
                {
                    moments.Dequeue();
                    await Kill(deployment);
                }
            }

            await advancing;
        }

        Assert.True((string?)deployment["status"] == "succeeded", $"{deployment}");
        Assert.Equal(1, (int)deployment["attempt"]!);
    }

    private async Task Kill(JsonNode deployment)
    {
        await application.Application.Process.KillAsync();
        var number = ++kills[(string)deployment["kind"]!];
        output.WriteLine($"{watch.Elapsed.TotalSeconds:F1} s: kill {number} of a {deployment["kind"]}, last seen at {deployment["stage"]}");
        await application.Application.RestartAsync();
    }

    /// <summary>Asks until there is an answer, as a user does whose connection broke.</summary>
    private async Task<JsonNode> Insist(string id)
    {
        var end = watch.Elapsed + AnswerLimit;
        while (true)
        {
            if (await Try(HttpMethod.Get, $"/api/v1/deployments/{id}") is { } answer)
            {
                return answer;
            }

            Assert.True(watch.Elapsed < end, $"No answer in {AnswerLimit}.\n{application.Application.Process.Output}");
        }
    }

    /// <summary>One call; null when the connection broke, as it does at a kill, or the answer was no success.</summary>
    private async Task<JsonNode?> Try(HttpMethod method, string path, object? body = null)
    {
        try
        {
            using var answer = await application.Send(method, path, body);
            var text = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode ? JsonNode.Parse(text.Length == 0 ? "{}" : text) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            await Task.Delay(100);
            return null;
        }
    }
}
