using System.Net;
using System.Net.Sockets;
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
        // A port that is taken and not listened at: whoever calls is refused, and nobody else gets it meanwhile.
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var settings = new Dictionary<string, string> { ["Stripe__ApiBase"] = $"http://{nobody.LocalEndPoint}" };
        await using var application = await RunningApplication.StartAsync(settings: settings);

        await ProcessChecks.SaysAsync(application.Process, "tbx_local_development_key");

        var line = Assert.Single(application.Process.Output.Split('\n'), line => line.Contains("which local.settings.sample.json wants after a start"));
        Assert.StartsWith("POST /api/v1/admin/plans/sync", line);
        Assert.True(line.Contains("failed: 503", StringComparison.Ordinal), line);
        await application.ReadyAsync();
    }
}
