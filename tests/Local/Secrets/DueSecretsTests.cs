using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolboxAI.Functions.Secrets;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Local.DurableTask;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Local.Secrets;

/// <summary>What the daily timer does about secrets that have grown old: each is rotated, or somebody is told.</summary>
public sealed class DueSecretsTests
{
    private static readonly string[] Needed = [.. SecretCatalogue.All.Select(kind => kind.Name).Where(name => name != SecretNames.DatabaseLogin)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotating_by_itself_it_tells_only_of_the_one_that_somebody_must_bring() =>
        Assert.Equal((true, SecretNames.StripeApiKey), await RunAsync(rotateByItself: true));

    [Fact]
    public async Task Kept_from_rotating_it_tells_of_every_one_and_starts_nothing() =>
        Assert.Equal((false, string.Join(' ', Needed)), await RunAsync(rotateByItself: false));

    /// <summary>Whether a rotation was started, and the secrets that were told of.</summary>
    private static async Task<(bool IsStarted, string Told)> RunAsync(bool rotateByItself)
    {
        var clock = new TestClock();
        var vault = new InMemorySecrets(clock);
        foreach (var name in Needed)
        {
            await vault.Add(name, new(new("value"), "first"), Ct);
        }

        clock.Advance(TimeSpan.FromDays(181));
        var options = Options.Create(new SecretsOptions { RotateByItself = rotateByItself });
        var log = new Told();
        await using var hub = new StrictHub("none", null);
        var timer = new RotateDueSecrets(
            new(vault, clock, options, Options.Create(new DataOptions())),
            new(vault, clock, options, Options.Create(new StripeOptions { WebhookAddress = "https://toolboxai.example/api/v1/webhooks/stripe" })),
            options, clock, log);

        await timer.Run(new TimerInfo(), hub, Ct);

        return (await hub.GetInstancesAsync("any", cancellation: Ct) is not null, string.Join(' ', log.Names));
    }

    /// <summary>The names in the events that call for somebody.</summary>
    private sealed class Told : ILogger<RotateDueSecrets>
    {
        public List<string> Names { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == RotateDueSecrets.NeedsCareEvent)
            {
                Names.Add((string)((IReadOnlyList<KeyValuePair<string, object?>>)state!).Single(value => value.Key == "Name").Value!);
            }
        }
    }
}
