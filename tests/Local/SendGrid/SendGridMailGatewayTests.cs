using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Local.SendGrid;

/// <summary>The product's gateway against the simulator.</summary>
public sealed class SendGridMailGatewayTests(SimulatedSendGrid sendGrid) : IClassFixture<SimulatedSendGrid>
{
    private static readonly TenantId Demo = new("demo");
    private static readonly RenderedMail Content = new("Grüße <b>", "Text\n", "<p>«HTML» &amp; so</p>");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_arrives_as_it_was_rendered_and_its_events_carry_our_id_and_tenant()
    {
        var id = await Gateway().Send(Demo, "dunning-in_1/final_notice", "gateway@school.example", Content, Ct);
        var item = Assert.Single(await sendGrid.MailboxAsync("gateway@school.example", Ct));
        Assert.Equal((id, Content), (Text(item, "messageId"), new RenderedMail(Text(item, "subject"), Text(item, "text"), Text(item, "html"))));

        await sendGrid.EventsAsync(id, 2, Ct);
        var posts = sendGrid.Posts.Where(post => post.Body.Contains("gateway@school.example", StringComparison.Ordinal));
        var events = posts.SelectMany(post => SendGridEvent.Read(System.Text.Encoding.UTF8.GetBytes(post.Body))!).ToList();
        Assert.All(events, e => Assert.Equal(("demo", "dunning-in_1/final_notice", id), (e.Tenant, e.MailId, e.Happened.MessageId)));
        Assert.Equal(["processed", "delivered"], events.Select(e => e.Happened.Type));
    }

    [Theory]
    [InlineData(401, GatewayFailure.Transient)]
    [InlineData(403, GatewayFailure.Transient)]
    [InlineData(404, GatewayFailure.Permanent)]
    [InlineData(413, GatewayFailure.Permanent)]
    [InlineData(429, GatewayFailure.Transient)]
    [InlineData(500, GatewayFailure.Unclear)]
    [InlineData(502, GatewayFailure.Unclear)]
    [InlineData(503, GatewayFailure.Transient)]
    [InlineData(504, GatewayFailure.Unclear)]
    public async Task An_error_says_whether_the_mail_may_be_sent_again(int status, GatewayFailure failure)
    {
        await sendGrid.FaultAsync(new { service = "sendgrid", request = "POST /v3/mail/send", fault = "status", value = status, times = 1 }, Ct);
        var e = await Assert.ThrowsAsync<SendMailException>(() => Gateway().Send(Demo, "m", "errors@school.example", Content, Ct));
        Assert.Equal((failure, true), (e.Failure, e.Answered));
        Assert.StartsWith($"{status}: ", e.Message);
        Assert.Empty(await sendGrid.MailboxAsync("errors@school.example", Ct));
    }

    [Fact]
    public async Task A_refusal_is_permanent_and_says_why()
    {
        var e = await Assert.ThrowsAsync<SendMailException>(() => Gateway().Send(Demo, "m", "no address", Content, Ct));
        Assert.Equal((GatewayFailure.Permanent, true, "400: Does not contain a valid address."), (e.Failure, e.Answered, e.Message));
    }

    [Fact]
    public async Task A_wrong_key_waits_for_a_right_one()
    {
        var e = await Assert.ThrowsAsync<SendMailException>(() => Gateway(key: "sk_wrong").Send(Demo, "m", "a@b.example", Content, Ct));
        Assert.Equal(GatewayFailure.Transient, e.Failure);
    }

    [Fact]
    public async Task A_lost_answer_is_unclear_and_the_mail_is_there()
    {
        await sendGrid.FaultAsync(new { service = "sendgrid", request = "POST /v3/mail/send", fault = "lost-answer", times = 1 }, Ct);
        var e = await Assert.ThrowsAsync<SendMailException>(() => Gateway().Send(Demo, "m", "lost@school.example", Content, Ct));
        Assert.Equal((GatewayFailure.Unclear, false), (e.Failure, e.Answered));
        Assert.Single(await sendGrid.MailboxAsync("lost@school.example", Ct));
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_unclear()
    {
        await sendGrid.FaultAsync(new { service = "sendgrid", request = "POST /v3/mail/send", fault = "latency", value = 5000, times = 1 }, Ct);
        var e = await Assert.ThrowsAsync<SendMailException>(() => Gateway(timeout: TimeSpan.FromMilliseconds(200)).Send(Demo, "m", "slow@school.example", Content, Ct));
        Assert.Equal((GatewayFailure.Unclear, false), (e.Failure, e.Answered));
    }

    [Fact]
    public async Task A_service_that_is_not_there_got_nothing()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}";
        closed.Stop();
        var e = await Assert.ThrowsAsync<SendMailException>(() => Gateway(address: address).Send(Demo, "m", "a@b.example", Content, Ct));
        Assert.Equal((GatewayFailure.Transient, true), (e.Failure, e.Answered));
    }

    private SendGridMailGateway Gateway(string key = "SG.local", string? address = null, TimeSpan? timeout = null)
    {
        var secrets = InMemorySecrets.Reader(TimeProvider.System, (SecretNames.SendGridApiKey, key));
        var handler = new BearerSecretHandler(secrets, SecretNames.SendGridApiKey) { InnerHandler = new SocketsHttpHandler() };
        return new(
            new HttpClient(handler) { Timeout = timeout ?? TimeSpan.FromSeconds(20) },
            Options.Create(new SendGridOptions { ApiBase = address ?? sendGrid.Address, Sender = "ToolboxAI <billing@toolboxai.example>" }));
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
