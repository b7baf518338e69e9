using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Local.Installation;
using ToolboxAI.Local.Simulators;
using ToolboxAI.Local.Simulators.SendGrid;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.SendGrid;

/// <summary>A post that the simulator made to the application's webhook.</summary>
public sealed record Post(string Body, string Signature, string Timestamp)
{
    public IEnumerable<JsonElement> Events => JsonSerializer.Deserialize<List<JsonElement>>(Body)!;
}

/// <summary>The SendGrid simulator on a database of its own, and an application that takes its webhooks.</summary>
public sealed class SimulatedSendGrid : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> answers = new();
    private TestDatabase? database;
    private InstallationSession? session;
    private SimulatorHost? host;
    private WebApplication? application;

    public HttpClient Client { get; private set; } = null!;

    public string Address { get; private set; } = "";

    public string Local { get; private set; } = "";

    public string PublicKey { get; private set; } = "";

    public ConcurrentQueue<Post> Posts { get; } = new();

    public InstallationSession Session => session!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        session = await InstallationSession.JoinAsync(database.ConnectionString, "test", CancellationToken.None);
        await StartSimulatorAsync();
        application = Server();
        application.MapPost("/api/v1/webhooks/sendgrid", TakeAsync);
        host!.MapLocal(application);
        await application.StartAsync();
        Local = application.Urls.First();
        await session.AnnounceAsync("application", Local, CancellationToken.None);
    }

    public async Task RestartSimulatorAsync()
    {
        await host!.DisposeAsync();
        await StartSimulatorAsync();
    }

    /// <summary>The next webhooks about a recipient are answered with these statuses; all others with 200.</summary>
    public void AnswerWith(string recipient, params int[] statuses) => answers[recipient] = new(statuses);

    public Task<HttpResponseMessage> SendAsync(JsonNode mail, CancellationToken ct) => Client.PostAsJsonAsync("/v3/mail/send", mail, ct);

    public async Task<string> AcceptAsync(string to, CancellationToken ct)
    {
        using var answer = await SendAsync(Mail(to), ct);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.GetValues("X-Message-Id").Single();
    }

    public static JsonObject Mail(params string[] to) => new()
    {
        ["personalizations"] = new JsonArray(new JsonObject { ["to"] = new JsonArray([.. to.Select(email => new JsonObject { ["email"] = email })]) }),
        ["from"] = new JsonObject { ["email"] = "billing@toolboxai.example", ["name"] = "ToolboxAI" },
        ["subject"] = "Hello",
        ["content"] = new JsonArray(
            new JsonObject { ["type"] = "text/plain", ["value"] = "Hi" },
            new JsonObject { ["type"] = "text/html", ["value"] = "<p>Hi</p>" }),
        ["custom_args"] = new JsonObject { ["tbx_mail_id"] = "m1", ["tbx_tenant"] = "demo" },
    };

    public async Task<List<JsonElement>> MailboxAsync(string? to, CancellationToken ct)
    {
        using var http = new HttpClient();
        var query = to is null ? "" : $"?to={Uri.EscapeDataString(to)}";
        var answer = await http.GetFromJsonAsync<JsonElement>($"{Local}/local/mailbox{query}", ct);
        return [.. answer.GetProperty("items").EnumerateArray()];
    }

    public async Task FaultAsync(object fault, CancellationToken ct)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync($"{Local}/local/faults", fault, ct);
        answer.EnsureSuccessStatusCode();
    }

    public Task AdvanceAsync(TimeSpan by, CancellationToken ct) => ClockAdvance.RunAsync(Session.Database, by, ct);

    /// <summary>The events about a message, once as many have come.</summary>
    public async Task<IReadOnlyList<JsonElement>> EventsAsync(string messageId, int count, CancellationToken ct)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var events = Posts.SelectMany(post => post.Events)
                .Where(e => e.GetProperty("sg_message_id").GetString()!.StartsWith(messageId + ".", StringComparison.Ordinal)).ToList();
            if (events.Count >= count || TimeProvider.System.GetElapsedTime(deadline) > Patience)
            {
                Assert.Equal(count, events.Count);
                return events;
            }

            await Task.Delay(10, ct);
        }
    }

    public static string[] Types(IEnumerable<JsonElement> events) => [.. events.Select(e => e.GetProperty("event").GetString()!)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host!.DisposeAsync();
        await application!.DisposeAsync();
        await session!.DisposeAsync();
        await database!.DisposeAsync();
    }

    private static WebApplication Server()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        return builder.Build();
    }

    private async Task StartSimulatorAsync()
    {
        host = await SimulatorHost.StartAsync(session!, [new SendGridSimulator()], NullLoggerFactory.Instance, CancellationToken.None);
        Address = host.Settings["SendGrid__ApiBase"];
        PublicKey = host.Settings["SendGrid__WebhookPublicKey"];
        Client = new() { BaseAddress = new(Address) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "SG.local");
    }

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        Posts.Enqueue(new(
            body,
            request.Headers["X-Twilio-Email-Event-Webhook-Signature"].ToString(),
            request.Headers["X-Twilio-Email-Event-Webhook-Timestamp"].ToString()));
        var about = answers.FirstOrDefault(answer => body.Contains(answer.Key, StringComparison.Ordinal)).Value;
        return Results.StatusCode(about is not null && about.TryDequeue(out var status) ? status : 200);
    }
}
