using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Local.Installation;
using ToolboxAI.Local.Simulators;
using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Roblox;

/// <summary>The Roblox simulator on a database of its own, the gateway that talks to it, and a record of what they said.</summary>
public sealed class SimulatedRoblox : IAsyncLifetime
{
    public const string Key = "rbx_local_user_1001";
    private TestDatabase? database;
    private InstallationSession? session;
    private SimulatorHost? host;
    private WebApplication? local;
    private HttpClient? http;

    public Recorder Said { get; } = new();

    public OpenCloudClient Gateway { get; private set; } = null!;

    public HttpClient Http => http!;

    public HttpClient Local { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        session = await InstallationSession.JoinAsync(database.ConnectionString, "test", CancellationToken.None);
        host = await SimulatorHost.StartAsync(session, [new RobloxSimulator()], NullLoggerFactory.Instance, CancellationToken.None);
        Said.InnerHandler = new SocketsHttpHandler();
        http = new HttpClient(Said) { BaseAddress = new(host.Settings["Roblox__ApiBase"]) };
        Gateway = new(http);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        local = builder.Build();
        host.MapLocal(local);
        await local.StartAsync();
        Local = new() { BaseAddress = new(local.Urls.First()) };
    }

    public Task AdvanceAsync(TimeSpan by, CancellationToken ct) => ClockAdvance.RunAsync(session!.Database, by, ct);

    public async Task FaultAsync(object fault, CancellationToken ct)
    {
        using var answer = await Local.PostAsJsonAsync("/local/faults", fault, ct);
        answer.EnsureSuccessStatusCode();
    }

    public Task<JsonElement> ExperienceAsync(long universe, CancellationToken ct) =>
        Local.GetFromJsonAsync<JsonElement>($"/local/roblox/experiences/{universe}", ct);

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        Local?.Dispose();
        await (local?.DisposeAsync() ?? default);
        await (host?.DisposeAsync() ?? default);
        await (session?.DisposeAsync() ?? default);
        await (database?.DisposeAsync() ?? default);
    }

    /// <summary>Keeps the JSON of every request and answer.</summary>
    public sealed class Recorder : DelegatingHandler
    {
        public List<(string Method, string Path, int Status, JsonElement? Request, JsonElement? Answer)> Exchanges { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var sent = request.Content switch
            {
                MultipartFormDataContent form => form.FirstOrDefault(part => part.Headers.ContentDisposition?.Name?.Trim('"') == "request"),
                { Headers.ContentType.MediaType: "application/json" } json => json,
                _ => null,
            };
            var asked = sent is null ? null : Parse(await sent.ReadAsStringAsync(cancellationToken));
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            var answer = Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            lock (Exchanges)
            {
                Exchanges.Add((request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode, asked, answer));
            }

            return response;
        }

        private static JsonElement? Parse(string text)
        {
            using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
            return document.RootElement.Clone();
        }
    }
}
