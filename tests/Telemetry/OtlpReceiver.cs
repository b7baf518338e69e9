using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Tests.Telemetry;

/// <summary>A span as it was received; ids in hexadecimal.</summary>
public sealed record ReceivedSpan(string Trace, string Id, string Parent, string Name);

/// <summary>
/// The receiving end of OTLP over HTTP with protobuf, as small as the tests need it. Field numbers: github.com/open-telemetry/opentelemetry-proto.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private OtlpReceiver(WebApplication app) => this.app = app;

    /// <summary>Where it listens.</summary>
    public string Address => app.Urls.Single();

    /// <summary>All spans.</summary>
    public ConcurrentQueue<ReceivedSpan> Spans { get; } = [];

    /// <summary>Names of all metrics.</summary>
    public ConcurrentDictionary<string, bool> Metrics { get; } = [];

    /// <summary>Texts of all log records.</summary>
    public ConcurrentQueue<string> Logs { get; } = [];

    /// <summary>All messages as they came.</summary>
    public ConcurrentQueue<byte[]> Bodies { get; } = [];

    /// <summary>Starts one.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.Run(receiver.ReceiveAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until something is found; fails when it does not come.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<T?> find, Func<string> what) where T : class
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(2);
        while (true)
        {
            if (find() is { } found)
            {
                return found;
            }

            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"{what()} did not come");
            await Task.Delay(100);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var message = body.ToArray();
        Bodies.Enqueue(message);
        switch (http.Request.Path.Value)
        {
            case "/v1/traces":
                foreach (var span in Protobuf.At(message, 1, 2, 2))
                {
                    Spans.Enqueue(new(Hex(span, 1), Hex(span, 2), Hex(span, 4), Protobuf.Text(span, 5)));
                }

                break;
            case "/v1/metrics":
                foreach (var metric in Protobuf.At(message, 1, 2, 2))
                {
                    Metrics[Protobuf.Text(metric, 1)] = true;
                }

                break;
            case "/v1/logs":
                foreach (var record in Protobuf.At(message, 1, 2, 2))
                {
                    Logs.Enqueue(string.Concat(Protobuf.At(record, 5).Select(text => Protobuf.Text(text, 1))));
                }

                break;
        }

        http.Response.ContentType = "application/x-protobuf";
    }

    private static string Hex(ReadOnlyMemory<byte> message, int field) => Convert.ToHexStringLower(Protobuf.At(message, field).FirstOrDefault().Span);
}
