using System.Collections.Concurrent;
using System.Net;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class SlowSamples(Received received)
{
    [Function("Listens")]
    public static async Task<IResult> Listens([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return Results.Ok();
    }

    [Function("IsDeaf")]
    [FixedDelayRetry(3, "00:00:01")]
    public async Task<IResult> IsDeaf([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest http)
    {
        await received.Gate.Task;
        received.Lines.Enqueue($"left behind {http.Path}");
        return Results.Ok();
    }

    [Function("Quick")]
    public static IResult Quick([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => Results.Text("quick");

    [Function("SlowMessage")]
    public async Task SlowMessage([ServiceBusTrigger("slow-messages", Connection = "Bus")] ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        received.Lines.Enqueue($"delivery {message.DeliveryCount}");
        await Task.Delay(message.DeliveryCount == 1 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken);
    }
}

/// <summary>Keeps what is logged.</summary>
public sealed class LogLines : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> All { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        All.Enqueue($"{logLevel} {formatter(state, exception)} {exception?.Message}");

    public void Dispose()
    {
    }
}

public sealed class FunctionTimeoutTests
{
    private readonly Received received = new();
    private readonly LogLines log = new();

    [Fact]
    public async Task A_function_whose_time_is_over_is_cancelled_and_its_caller_has_500()
    {
        await using var app = await LocalApp.StartAsync(Configure, typeof(SlowSamples));
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.Client.GetAsync("/api/Listens")).StatusCode);
        Assert.Contains(log.All, line => line.Contains("Timeout value of 00:00:01 was exceeded by function 'Functions.Listens'"));
        Assert.Equal("quick", await app.Client.GetStringAsync("/api/Quick"));
    }

    [Fact]
    public async Task A_function_that_does_not_notice_is_left_behind_and_keeps_its_request()
    {
        await using var app = await LocalApp.StartAsync(Configure, typeof(SlowSamples));
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.Client.GetAsync("/api/IsDeaf")).StatusCode);
        Assert.Equal("quick", await app.Client.GetStringAsync("/api/Quick"));
        received.Gate.SetResult();
        await Eventually.True(() => received.Lines.Contains("left behind /api/IsDeaf"));
    }

    [Fact]
    public async Task A_message_whose_function_took_too_long_comes_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await LocalApp.StartAsync(
            builder =>
            {
                Configure(builder);
                builder.Configuration["Bus"] = database.ConnectionString;
            },
            typeof(SlowSamples));
        await using var bus = new ServiceBusClient(database.ConnectionString);
        await bus.CreateSender("slow-messages").SendMessageAsync(new("x"));
        await Eventually.True(() => received.Lines.Contains("delivery 2"));
        await Eventually.True(async () => await bus.CreateReceiver("slow-messages").PeekMessageAsync() is null);
    }

    [Fact]
    public async Task A_retry_attribute_on_a_trigger_without_retries_is_warned_of()
    {
        await using var app = await LocalApp.StartAsync(Configure, typeof(SlowSamples));
        var warning = Assert.Single(log.All, line => line.Contains("retry attribute"));
        Assert.Contains("'IsDeaf'", warning);
    }

    [Theory]
    [InlineData(null, 30)]
    [InlineData("-1", null)]
    [InlineData("00:10:00", 10)]
    public void Host_json_says_how_long_a_function_may_run(string? text, int? minutes) =>
        Assert.Equal(minutes is { } limit ? TimeSpan.FromMinutes(limit) : null, Settings(text).FunctionTimeout);

    [Theory]
    [InlineData("soon")]
    [InlineData("00:00:00")]
    [InlineData("-00:00:01")]
    public void What_is_no_time_is_refused(string text) =>
        Assert.Contains("functionTimeout", Assert.Throws<FormatException>(() => Settings(text).FunctionTimeout).Message);

    private static HostSettings Settings(string? text) => new("/nowhere", new ConfigurationBuilder()
        .AddInMemoryCollection([new("AzureFunctionsJobHost:functionTimeout", text)]).Build());

    private void Configure(FunctionsApplicationBuilder builder)
    {
        builder.Services.AddSingleton(received);
        builder.Logging.AddProvider(log);
        builder.Configuration["AzureFunctionsJobHost:functionTimeout"] = "00:00:01";
    }
}
