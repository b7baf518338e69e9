using System.Runtime.Versioning;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>The requests that the sample settings want made after a start.</summary>
[Collection("processes"), UnsupportedOSPlatform("windows")]
public sealed class AfterStartTests
{
    [Fact]
    public async Task One_that_fails_is_told_in_a_line_and_the_application_goes_on()
    {
        var nobody = new Dictionary<string, string> { ["Stripe__ApiBase"] = $"http://127.0.0.1:{RunningApplication.FreePort()}" };
        await using var application = await RunningApplication.StartAsync(settings: nobody);

        await ProcessChecks.SaysAsync(application.Process, "tbx_local_development_key");

        var line = Assert.Single(application.Process.Output.Split('\n'), line => line.Contains("which local.settings.sample.json wants after a start"));
        Assert.StartsWith("POST /api/v1/admin/plans/sync", line);
        Assert.Contains("failed: 503", line);
        await application.ReadyAsync();
    }
}
