using System.Globalization;
using System.Text;
using ToolboxAI.Shared.Email.SendGrid;

namespace ToolboxAI.Tests.Local.SendGrid;

public sealed class EventWebhookTests(SimulatedSendGrid sendGrid) : IClassFixture<SimulatedSendGrid>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("someone@events.example", "processed,delivered")]
    [InlineData("bounce+1@events.example", "processed,bounce")]
    [InlineData("blocked@events.example", "processed,bounce")]
    [InlineData("drop@events.example", "dropped")]
    [InlineData("spam@events.example", "processed,delivered,spamreport")]
    public async Task The_address_decides_what_becomes_of_a_mail(string to, string types)
    {
        var id = await sendGrid.AcceptAsync(to, Ct);
        var events = await sendGrid.EventsAsync(id, types.Split(',').Length, Ct);
        Assert.Equal(types.Split(','), SimulatedSendGrid.Types(events));
        Assert.All(events, e => Assert.Equal("m1 demo", $"{e.GetProperty("tbx_mail_id")} {e.GetProperty("tbx_tenant")}"));
        Assert.Equal(types.Contains("delivered", StringComparison.Ordinal), (await sendGrid.MailboxAsync(to, Ct)).Count == 1);
    }

    [Fact]
    public async Task A_deferred_mail_is_delivered_five_minutes_later()
    {
        var id = await sendGrid.AcceptAsync("defer@events.example", Ct);
        Assert.Equal(["processed", "deferred"], SimulatedSendGrid.Types(await sendGrid.EventsAsync(id, 2, Ct)));
        await sendGrid.AdvanceAsync(TimeSpan.FromMinutes(6), Ct);
        Assert.Equal(["processed", "deferred", "delivered"], SimulatedSendGrid.Types(await sendGrid.EventsAsync(id, 3, Ct)));
    }

    [Fact]
    public async Task An_address_that_bounced_is_suppressed_and_one_that_blocked_is_not()
    {
        await sendGrid.AcceptAsync("bounce@twice.example", Ct);
        var again = Assert.Single(await sendGrid.EventsAsync(await sendGrid.AcceptAsync("Bounce@twice.example", Ct), 1, Ct));
        Assert.Equal("dropped Bounced Address", $"{again.GetProperty("event")} {again.GetProperty("reason")}");

        await sendGrid.AcceptAsync("blocked@twice.example", Ct);
        Assert.Equal(["processed", "bounce"], SimulatedSendGrid.Types(await sendGrid.EventsAsync(await sendGrid.AcceptAsync("blocked@twice.example", Ct), 2, Ct)));
    }

    [Fact]
    public async Task A_post_is_an_array_that_ends_in_crlf_and_is_signed_over_its_bytes_with_the_machine_s_time()
    {
        await sendGrid.EventsAsync(await sendGrid.AcceptAsync("signed@events.example", Ct), 1, Ct);
        var post = sendGrid.Posts.First(p => p.Body.Contains("signed@events.example", StringComparison.Ordinal));
        Assert.EndsWith("]\r\n", post.Body);
        Assert.InRange(long.Parse(post.Timestamp, CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        Assert.True(SendGridSignature.Matches(sendGrid.PublicKey, post.Signature, post.Timestamp, Encoding.UTF8.GetBytes(post.Body)));
        Assert.False(SendGridSignature.Matches(sendGrid.PublicKey, post.Signature, post.Timestamp, Encoding.UTF8.GetBytes(post.Body.TrimEnd())));
    }

    [Fact]
    public async Task An_event_that_the_application_refuses_comes_again_with_growing_pauses_of_the_moved_clock()
    {
        sendGrid.AnswerWith("drop@retried.example", 500, 503);
        var id = await sendGrid.AcceptAsync("drop@retried.example", Ct);
        await sendGrid.AdvanceAsync(TimeSpan.FromMinutes(1), Ct);
        var events = await sendGrid.EventsAsync(id, 3, Ct);
        Assert.Single(events.Select(e => e.GetProperty("sg_event_id").GetString()).Distinct());
    }

    [Theory]
    [InlineData("drop-event", null, "processed")]
    [InlineData("duplicate-event", 2, "processed,delivered,delivered,delivered")]
    public async Task A_fault_of_events_drops_or_repeats_them(string fault, int? value, string types)
    {
        await sendGrid.FaultAsync(new { service = "sendgrid", request = "delivered", fault, value, times = 1 }, Ct);
        var id = await sendGrid.AcceptAsync("fault@events.example", Ct);
        await sendGrid.AdvanceAsync(TimeSpan.FromMinutes(1), Ct);
        Assert.Equal(types.Split(','), SimulatedSendGrid.Types(await sendGrid.EventsAsync(id, types.Split(',').Length, Ct)));
    }

    [Fact]
    public async Task A_reordered_event_comes_after_the_one_that_followed_it()
    {
        await sendGrid.FaultAsync(new { service = "sendgrid", request = "processed", fault = "reorder-events", times = 1 }, Ct);
        var id = await sendGrid.AcceptAsync("reorder@events.example", Ct);
        Assert.Equal(["delivered", "processed"], SimulatedSendGrid.Types(await sendGrid.EventsAsync(id, 2, Ct)));
    }

    [Fact]
    public async Task A_lost_answer_is_an_exception_for_the_caller_and_a_mail_for_the_recipient()
    {
        await sendGrid.FaultAsync(new { service = "sendgrid", request = "POST /v3/mail/send", fault = "lost-answer", times = 1 }, Ct);
        await Assert.ThrowsAsync<HttpRequestException>(() => sendGrid.SendAsync(SimulatedSendGrid.Mail("lost@events.example"), Ct));
        Assert.Single(await sendGrid.MailboxAsync("lost@events.example", Ct));
    }

    [Fact]
    public async Task A_status_fault_is_answered_in_the_service_s_form_and_has_no_effect()
    {
        await sendGrid.FaultAsync(new { service = "sendgrid", request = "POST /v3/mail/send", fault = "status", value = 429, times = 1 }, Ct);
        using var answer = await sendGrid.SendAsync(SimulatedSendGrid.Mail("status@events.example"), Ct);
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal("""{"errors":[{"message":"too many requests"}]}""", await answer.Content.ReadAsStringAsync(Ct));
        Assert.Empty(await sendGrid.MailboxAsync("status@events.example", Ct));
    }

    [Fact]
    public async Task Key_and_mailbox_survive_a_restart_of_the_simulator()
    {
        var key = sendGrid.PublicKey;
        var id = await sendGrid.AcceptAsync("restart@events.example", Ct);
        await sendGrid.RestartSimulatorAsync();
        Assert.Equal(key, sendGrid.PublicKey);
        Assert.Single(await sendGrid.MailboxAsync("restart@events.example", Ct));
        await sendGrid.EventsAsync(id, 2, Ct);
    }
}
