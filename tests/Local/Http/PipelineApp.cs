using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolboxAI.Functions.Http;
using ToolboxAI.Local.Functions;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Local.Functions;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Local.Http;

/// <summary>The probe functions behind the product's request pipeline, on stores in memory.</summary>
public sealed class PipelineApp : IAsyncLifetime
{
    public const string Demo = "tbx_demo";
    public const string Other = "tbx_other";
    public const string Reader = "tbx_reader";
    public const string Operator = "tbx_operator";
    public const string Expired = "tbx_expired";
    public const string Revoked = "tbx_revoked";
    public const string TenantWithOperatorScope = "tbx_tenant_operator";

    private LocalApp? app;

    public InMemoryDatabase Database { get; } = new(ProductDatabase.Demo, ProductDatabase.Other);

    public TestClock Clock { get; } = new();

    public Probe Probe { get; } = new();

    public ScopeRecorder Log { get; } = new();

    public ConcurrentQueue<OutboxMessage> Sent { get; } = new();

    public RequestLimits Limits { get; } = new() { TextLength = 500, JsonBodyBytes = 2000, Burst = 10_000 };

    public HttpClient Client => app!.Client;

    /// <summary>Runs the queue function as its trigger does.</summary>
    public async Task Consume(string body, string? traceparent, string? tracestate, params (string Name, object? Value)[] data)
    {
        var catalog = app!.Host.Services.GetRequiredService<FunctionCatalog>();
        var result = await app.Host.Services.GetRequiredService<FunctionInvoker>().InvokeAsync(
            catalog.Functions.Single(function => function.Name == "Consume"),
            body,
            data.ToDictionary(pair => pair.Name, pair => pair.Value),
            new() { TraceParent = traceparent, TraceState = tracestate });
        Assert.Null(result.Exception);
    }

    public async ValueTask InitializeAsync()
    {
        await AddKeys();
        app = await LocalApp.StartAsync(Configure, typeof(ProbeFunctions));
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }

    public async Task<(HttpResponseMessage Answer, JsonElement Body)> Send(
        HttpMethod method, string path, string? key = Demo, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Sends, and expects a problem.</summary>
    public async Task<JsonElement> Refused(
        int status, string code, HttpMethod method, string path, string? key = Demo, string? json = null, params (string Name, string Value)[] headers)
    {
        var (answer, body) = await Send(method, path, key, json, headers);
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(["type", "title", "status", "detail", "code", "correlationId"], body.EnumerateObject().Select(field => field.Name));
        Assert.Equal((status, code), (body.GetProperty("status").GetInt32(), body.GetProperty("code").GetString()));
        Assert.Equal(Assert.Single(answer.Headers.GetValues("X-Correlation-ID")), body.GetProperty("correlationId").GetString());
        Assert.DoesNotContain("secret", body.ToString());
        return body;
    }

    private void Configure(FunctionsApplicationBuilder builder)
    {
        builder.Configuration["PipelineBus"] = $"InMemory={Guid.NewGuid():N}";
        builder.AddRequestPipeline();
        builder.Logging.AddProvider(Log);
        builder.Services.Configure<RequestLimits>(limits =>
        {
            limits.TextLength = Limits.TextLength;
            limits.JsonBodyBytes = Limits.JsonBodyBytes;
            limits.Burst = Limits.Burst;
        });
        builder.Services
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(new MachineClock(Clock))
            .AddSingleton(Probe)
            .AddSingleton<IUnitOfWorkFactory>(Database)
            .AddSingleton<IApiKeyStore, InMemoryApiKeyStore>()
            .AddSingleton<IIdempotencyStore, InMemoryIdempotencyStore>()
            .AddSecretsInMemory()
            .AddSingleton<IOutboxStore, InMemoryOutboxStore>()
            .AddSingleton<IMessageBus>(new RecordedBus(Sent))
            .AddSingleton<Outbox>();
    }

    private async Task AddKeys()
    {
        var now = Clock.GetUtcNow();
        string[] both = ["billing:read", "billing:write"];
        ApiKey[] keys =
        [
            new(Demo, ProductDatabase.Demo, "", both, now, now.AddDays(100), null),
            new(Other, ProductDatabase.Other, "", [.. both, "scripts:scan"], now, null, null),
            new(Reader, ProductDatabase.Demo, "", ["billing:read"], now, null, null),
            new(Operator, null, "", ["operator", .. both], now, null, null),
            new(Expired, ProductDatabase.Demo, "", both, now.AddDays(-2), now, null),
            new(Revoked, ProductDatabase.Demo, "", both, now.AddDays(-2), null, now.AddDays(-1)),
            new(TenantWithOperatorScope, ProductDatabase.Demo, "", ["operator"], now, null, null),
        ];
        await using var work = await Database.Begin(CancellationToken.None);
        foreach (var key in keys)
        {
            await new InMemoryApiKeyStore().Add(work, key with { Id = key.Id.Replace("tbx_", "key_", StringComparison.Ordinal) }, ApiKeySecret.Hash(key.Id), CancellationToken.None);
        }

        await work.Commit(CancellationToken.None);
    }

    private sealed class RecordedBus(ConcurrentQueue<OutboxMessage> sent) : IMessageBus
    {
        public Task Send(OutboxMessage message, CancellationToken ct)
        {
            sent.Enqueue(message);
            return Task.CompletedTask;
        }
    }
}

/// <summary>Keeps log lines with what their scopes say.</summary>
public sealed class ScopeRecorder : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<(string Category, string Line, Dictionary<string, object?> Scope)> Lines { get; } = new();

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, this);

    public void Dispose()
    {
    }

    private sealed class Recorder(string category, ScopeRecorder owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => owner.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = new Dictionary<string, object?>();
            owner.scopes.ForEachScope(
                (scope, into) =>
                {
                    foreach (var (name, value) in scope as IEnumerable<KeyValuePair<string, object?>> ?? [])
                    {
                        into[name] = value;
                    }
                },
                values);
            owner.Lines.Enqueue((category, formatter(state, exception), values));
        }
    }
}
