using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Functions.Email;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Local.Functions;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Email;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Local.SendGrid;

/// <summary>The webhook over HTTP, behind the product's request pipeline, on stores in memory.</summary>
public sealed class SendGridWebhookTests : IAsyncLifetime
{
    private readonly InMemoryDatabase database = new(ProductDatabase.Demo, ProductDatabase.Other);
    private readonly InMemoryMailStore mails = new();
    private readonly InMemoryInbox inbox = new();
    private readonly TestClock clock = new();
    private readonly TestClock machine = new();
    private readonly SendGridOptions options = new() { Sender = "a@b.example" };
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private LocalApp? app;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Vectors => Repository.Contracts is null ? [] :
        [.. Cases().Select(vector => vector.GetProperty("name").GetString()!)];

    public async ValueTask InitializeAsync()
    {
        options.WebhookPublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        app = await LocalApp.StartAsync(Configure, typeof(SendGridWebhook));
        await using var work = await database.Begin(ProductDatabase.Demo, Ct);
        await mails.TryAdd(work, new("m1", "in_1", MailTemplate.PaymentFailed, "a@b.example", new("School", 1, "usd"), clock.GetUtcNow()), Ct);
        await work.Commit(Ct);
    }

    [Fact]
    public async Task A_signed_post_is_taken_and_its_events_are_applied_once()
    {
        var body = Event("e1", "processed", "m1");
        Assert.Equal((200, ""), await PostAsync(body));
        Assert.Equal((200, ""), await PostAsync(body));
        Assert.Equal((200, ""), await PostAsync(Event("e2", "delivered", "m1")));
        Assert.Equal((200, ""), await PostAsync(Event("e3", "processed", "m1")));
        Assert.Equal(MailState.Delivered, (await MailAsync()).State);
        Assert.Equal<string?[]>(["applied", "applied", "unchanged"], await Task.WhenAll(OutcomeAsync("e1"), OutcomeAsync("e2"), OutcomeAsync("e3")));
    }

    [Theory]
    [InlineData("m-unknown", "demo", "unknown_mail")]
    [InlineData("m1", "other", "unknown_mail")]
    [InlineData("m1", "nobody", "unknown_tenant")]
    [InlineData("m1", "demo\\u0000", "not_ours")]
    [InlineData("m1", "../../etc", "unknown_tenant")]
    public async Task An_event_about_no_mail_of_ours_is_taken_and_recorded_as_that(string mail, string tenant, string outcome)
    {
        Assert.Equal((200, ""), await PostAsync(Event("e1", "bounce", mail, tenant)));
        Assert.Equal(outcome, await OutcomeAsync("e1"));
        Assert.Equal(MailState.Pending, (await MailAsync()).State);
    }

    [Fact]
    public async Task A_post_that_is_tampered_with_is_refused_and_changes_nothing()
    {
        var body = Event("e1", "delivered", "m1");
        await RefusedAsync(400, "invalid_signature", body, signature: Sign(Timestamp(), body.TrimEnd()));
        await RefusedAsync(400, "invalid_signature", body, signature: "AAAA");
        await RefusedAsync(400, "invalid_signature", body, signature: "");
        await RefusedAsync(400, "invalid_signature", body, timestamp: "");
        Assert.Equal(MailState.Pending, (await MailAsync()).State);
        Assert.Null(await OutcomeAsync("e1"));
    }

    [Theory]
    [InlineData(10, 200)]
    [InlineData(11, 400)]
    public async Task A_post_is_taken_up_to_ten_minutes_after_it_was_signed_by_the_machine_s_clock(int minutes, int status)
    {
        var (body, timestamp) = (Event("e1", "delivered", "m1"), Timestamp());
        machine.Advance(TimeSpan.FromMinutes(minutes));
        clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(status, (await PostAsync(body, timestamp: timestamp)).Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("")]
    public async Task A_signed_body_that_is_no_array_is_refused(string body) => await RefusedAsync(400, "malformed_body", body);

    [Fact]
    public async Task A_post_may_have_768_kilobytes_and_not_one_byte_more()
    {
        var fits = "[" + new string(' ', SendGridWebhook.MostBytes - 2) + "]";
        Assert.Equal((200, ""), await PostAsync(fits));
        await RefusedAsync(413, "body_too_large", fits + " ");
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Vectors))]
    public async Task The_vectors_are_taken_and_refused_as_they_say(string name)
    {
        var vector = Cases().Single(one => one.GetProperty("name").GetString() == name);
        string Text(string member) => vector.GetProperty(member).GetString()!;
        options.WebhookPublicKey = Text("public_key_spki_b64");
        machine.Advance(DateTimeOffset.FromUnixTimeSeconds(long.Parse(Text("timestamp"), CultureInfo.InvariantCulture)) - machine.GetUtcNow());
        var (status, _) = await PostAsync(Text("body"), Text("signature"), Text("timestamp"));
        Assert.Equal(vector.GetProperty("valid").GetBoolean() ? 200 : 400, status);
    }

    [Fact]
    public async Task The_sample_events_are_all_taken_and_recorded_as_not_ours()
    {
        Assert.SkipUnless(Repository.Contracts is not null, "../shared is absent.");
        var body = await File.ReadAllTextAsync(Path.Combine(Repository.Contracts!, "sendgrid", "sample-events.json"), Ct);
        Assert.Equal((200, ""), await PostAsync(body));
        Assert.Equal("not_ours", await OutcomeAsync("sample-bounce"));
        Assert.Equal("not_ours", await OutcomeAsync("sample-acct"));
    }

    [Fact]
    public async Task Two_hundred_posts_at_once_are_all_taken_and_each_event_is_applied_once()
    {
        var posts = Enumerable.Range(0, 200).Select(i => PostAsync(Event($"e{i % 100}", i % 2 == 0 ? "processed" : "deferred", "m1")));
        Assert.All(await Task.WhenAll(posts), answer => Assert.Equal((200, ""), answer));
        Assert.Equal(MailState.Accepted, (await MailAsync()).State);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => OutcomeAsync($"e{i}")));
        Assert.Equal(1, outcomes.Count(outcome => outcome == "applied"));
        Assert.Equal(99, outcomes.Count(outcome => outcome == "unchanged"));
    }

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        key.Dispose();
    }

    private void Configure(FunctionsApplicationBuilder builder)
    {
        builder.AddRequestPipeline();
        builder.Services
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton(new MachineClock(machine))
            .AddSingleton<IUnitOfWorkFactory>(database)
            .AddSingleton<IApiKeyStore, InMemoryApiKeyStore>()
            .AddSingleton<IIdempotencyStore, InMemoryIdempotencyStore>()
            .AddSecretsInMemory()
            .AddSingleton<IInbox>(inbox)
            .AddSingleton<IHandledMessages, InMemoryHandledMessages>()
            .AddSingleton<IMailStore>(mails)
            .AddSingleton<MailEvents>()
            .AddSingleton<SendGridSignature>()
            .AddSingleton(Options.Create(options));
    }

    private static string Event(string id, string type, string mail, string tenant = "demo") =>
        $$"""[{"sg_event_id":"{{id}}","event":"{{type}}","timestamp":1790000500,"sg_message_id":"x.y","tbx_mail_id":"{{mail}}","tbx_tenant":"{{tenant}}"}]""" + "\r\n";

    private string Timestamp() => machine.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private string Sign(string timestamp, string body) => Convert.ToBase64String(
        key.SignData(Encoding.UTF8.GetBytes(timestamp + body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    private async Task<(int Status, string Body)> PostAsync(string body, string? signature = null, string? timestamp = null)
    {
        timestamp ??= Timestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks/sendgrid")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/json") } },
        };
        request.Headers.TryAddWithoutValidation(SendGridSignature.SignatureHeader, signature ?? Sign(timestamp, body));
        request.Headers.TryAddWithoutValidation(SendGridSignature.TimestampHeader, timestamp);
        using var answer = await app!.Client.SendAsync(request, Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private async Task RefusedAsync(int status, string code, string body, string? signature = null, string? timestamp = null)
    {
        var answer = await PostAsync(body, signature, timestamp);
        Assert.Equal((HttpStatusCode)status, (HttpStatusCode)answer.Status);
        Assert.Equal(code, JsonDocument.Parse(answer.Body).RootElement.GetProperty("code").GetString());
    }

    private async Task<Mail> MailAsync()
    {
        await using var work = await database.Begin(ProductDatabase.Demo, Ct);
        return Assert.Single(await mails.About(work, "in_1", Ct));
    }

    private async Task<string?> OutcomeAsync(string eventId)
    {
        await using var work = await database.Begin(Ct);
        return (await inbox.Find(work, "sendgrid", eventId, Ct))?.Outcome;
    }

    private static IEnumerable<JsonElement> Cases() =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Repository.Contracts!, "sendgrid", "vectors.json")))
            .GetProperty("cases").EnumerateArray();
}
