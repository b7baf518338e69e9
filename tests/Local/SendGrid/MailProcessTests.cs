using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Tests.Local.Services;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Local.SendGrid;

/// <summary>The application is killed at the worst moment: SendGrid has the mail, the application does not know it yet.</summary>
[Collection("processes"), UnsupportedOSPlatform("windows")]
public sealed class MailProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);           // a killed application's message stays locked for 60 s
    private readonly string data = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;
    private readonly PostgresMailStore store = new();
    private TestProcess services = null!;
    private NpgsqlDataSource database = null!;
    private ServiceBusClient bus = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string AttachFile => Path.Combine(data, "services.json");

    private IUnitOfWorkFactory Units => new PostgresUnitOfWorkFactory(database);

    public async ValueTask InitializeAsync()
    {
        services = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", data);
        await ProcessChecks.SaysAsync(services, "--attach " + AttachFile);
        database = NpgsqlDataSource.Create(StoredSettings.Value(AttachFile, "DatabaseConnection"));
        bus = new(StoredSettings.Value(AttachFile, "ServiceBusConnection"));
    }

    [Fact]
    public async Task Killed_after_the_call_a_mail_is_not_sent_again_while_the_events_come()
    {
        await using var application = await RunningApplication.StartAsync(attach: AttachFile);
        for (var i = 0; i < 4; i++)
        {
            var to = $"kill{i}@process.example";
            if (i % 2 == 0)
            {
                await FaultAsync(application, "lost-answer", "POST /v3/mail/send", times: 1);
            }

            await EnqueueAsync(to);
            await KillOnArrivalAsync(application, to);
            await UntilAsync(async () => (await MailAsync(to)).State is MailState.Delivered, $"{to} is not delivered");
        }

        await AdvanceAsync(application, "PT1H");
        for (var i = 0; i < 4; i++)
        {
            var to = $"kill{i}@process.example";
            Assert.Equal(1, await CopiesAsync(application, to));
            Assert.Equal(0, (await MailAsync(to)).Resends);
        }
    }

    [Fact]
    public async Task Killed_after_the_call_and_with_every_event_lost_there_is_one_duplicate_and_it_is_recorded()
    {
        const string To = "lost@process.example";
        await using var application = await RunningApplication.StartAsync(attach: AttachFile);
        await FaultAsync(application, "drop-event", "processed", times: 9);
        await FaultAsync(application, "drop-event", "delivered", times: 9);
        await FaultAsync(application, "lost-answer", "POST /v3/mail/send", times: 1);
        await EnqueueAsync(To);
        await KillOnArrivalAsync(application, To);
        await AdvanceAsync(application, "PT14M");
        Assert.Equal(1, await CopiesAsync(application, To));
        await AdvanceAsync(application, "PT2M");
        Assert.Equal(2, await CopiesAsync(application, To));
        var mail = await MailAsync(To);
        Assert.Equal((MailState.Accepted, 1, 2), (mail.State, mail.Resends, mail.Sends));
    }

    public async ValueTask DisposeAsync()
    {
        await bus.DisposeAsync();
        await database.DisposeAsync();
        await services.TerminateAsync();
        await services.ExitAsync(ProcessChecks.EndLimit);
        await services.DisposeAsync();
        await RunningApplication.DeleteAsync(data);
    }

    private async Task EnqueueAsync(string to)
    {
        var outbox = new Outbox(
            new PostgresOutboxStore(), Units, new ServiceBusMessageBus(bus), TimeProvider.System, new(TimeProvider.System), NullLogger<Outbox>.Instance);
        await using var work = await Units.Begin(ProductDatabase.Demo, Ct);
        await new Mails(store, outbox, TimeProvider.System).Enqueue(work, to, to, MailTemplate.PaymentFailed, to, new("School", 4900, "usd"), Ct);
        await work.Commit(Ct);
    }

    private async Task KillOnArrivalAsync(RunningApplication application, string to)
    {
        await UntilAsync(async () => await CopiesAsync(application, to) > 0, $"no mail came to {to}");
        await application.Process.KillAsync();
        await application.RestartAsync();
    }

    private async Task<Mail> MailAsync(string about)
    {
        await using var work = await Units.Begin(ProductDatabase.Demo, Ct);
        return Assert.Single(await store.About(work, about, Ct));
    }

    private static async Task<int> CopiesAsync(RunningApplication application, string to)
    {
        var mailbox = await application.Http.GetFromJsonAsync<JsonElement>($"/local/mailbox?to={to}", Ct);
        return mailbox.GetProperty("items").GetArrayLength();
    }

    private static async Task FaultAsync(RunningApplication application, string fault, string request, int times)
    {
        using var answer = await application.Http.PostAsJsonAsync(
            "/local/faults", new { service = "sendgrid", request, fault, times }, Ct);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task AdvanceAsync(RunningApplication application, string by)
    {
        // A step that waits for the killed application's lock may take longer than an advance does: ask again.
        await UntilAsync(
            async () =>
            {
                using var answer = await application.Http.PostAsJsonAsync("/local/clock/advance", new { by }, Ct);
                return answer.StatusCode is not HttpStatusCode.GatewayTimeout;
            },
            $"the clock does not settle within {by}");
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string otherwise)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, otherwise);
            await Task.Delay(5, Ct);
        }
    }
}
