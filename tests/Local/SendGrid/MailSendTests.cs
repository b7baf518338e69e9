using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Local.SendGrid;

public sealed class MailSendTests(SimulatedSendGrid sendGrid) : IClassFixture<SimulatedSendGrid>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_is_accepted_with_an_empty_body_and_lies_in_the_mailbox_before_the_answer()
    {
        using var answer = await sendGrid.SendAsync(SimulatedSendGrid.Mail("first@school.example"), Ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync(Ct));

        var item = Assert.Single(await sendGrid.MailboxAsync("First@school.example", Ct));
        Assert.Equal(["to", "subject", "text", "html", "sentAt", "messageId"], item.EnumerateObject().Select(p => p.Name));
        Assert.Equal("Hello|Hi|<p>Hi</p>", $"{item.GetProperty("subject")}|{item.GetProperty("text")}|{item.GetProperty("html")}");
        Assert.Equal(answer.Headers.GetValues("X-Message-Id").Single(), item.GetProperty("messageId").GetString());
        Assert.InRange(item.GetProperty("sentAt").GetDateTimeOffset(), sendGrid.Session.Clock.GetUtcNow().AddMinutes(-1), sendGrid.Session.Clock.GetUtcNow());
    }

    [Fact]
    public async Task The_mailbox_shows_the_newest_first_and_all_mails_when_nobody_is_named()
    {
        await sendGrid.AcceptAsync("a@order.example", Ct);
        var second = await sendGrid.AcceptAsync("b@order.example", Ct);
        var third = await sendGrid.AcceptAsync("a@order.example", Ct);
        Assert.Equal(third, (await sendGrid.MailboxAsync("a@order.example", Ct))[0].GetProperty("messageId").GetString());
        Assert.Equal(2, (await sendGrid.MailboxAsync("a@order.example", Ct)).Count);
        Assert.Contains(await sendGrid.MailboxAsync(null, Ct), item => item.GetProperty("messageId").GetString() == second);
    }

    [Fact]
    public async Task Every_recipient_of_every_personalization_gets_a_copy_with_its_own_subject()
    {
        var mail = SimulatedSendGrid.Mail("one@copies.example", "two@copies.example");
        mail["personalizations"]!.AsArray().Add(new JsonObject
        {
            ["to"] = new JsonArray(new JsonObject { ["email"] = "three@copies.example" }),
            ["bcc"] = new JsonArray(new JsonObject { ["email"] = "four@copies.example" }),
            ["subject"] = "For three",
        });
        using var answer = await sendGrid.SendAsync(mail, Ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        foreach (var (name, subject) in ((string, string)[])[("one", "Hello"), ("two", "Hello"), ("three", "For three"), ("four", "For three")])
        {
            Assert.Equal(subject, Assert.Single(await sendGrid.MailboxAsync($"{name}@copies.example", Ct)).GetProperty("subject").GetString());
        }

        var events = await sendGrid.EventsAsync(answer.Headers.GetValues("X-Message-Id").Single(), 8, Ct);
        Assert.Equal(8, events.Select(e => e.GetProperty("sg_event_id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Sandbox_mode_checks_and_does_nothing()
    {
        var mail = SimulatedSendGrid.Mail("sandbox@school.example");
        mail["mail_settings"] = new JsonObject { ["sandbox_mode"] = new JsonObject { ["enable"] = true } };
        using var answer = await sendGrid.SendAsync(mail, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await sendGrid.MailboxAsync("sandbox@school.example", Ct));
    }

    [Fact]
    public async Task A_mail_for_later_arrives_when_the_clock_gets_there()
    {
        var mail = SimulatedSendGrid.Mail("later@school.example");
        mail["send_at"] = sendGrid.Session.Clock.GetUtcNow().AddHours(2).ToUnixTimeSeconds();
        using var answer = await sendGrid.SendAsync(mail, Ct);
        Assert.Empty(await sendGrid.MailboxAsync("later@school.example", Ct));
        await sendGrid.AdvanceAsync(TimeSpan.FromHours(3), Ct);
        Assert.Single(await sendGrid.MailboxAsync("later@school.example", Ct));
        await sendGrid.EventsAsync(answer.Headers.GetValues("X-Message-Id").Single(), 2, Ct);
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { """{"personalizations":null}""", "personalizations", "The personalizations field is required" },
        { """{"personalizations":[]}""", "personalizations", "at least one personalization" },
        { """{"personalizations":[{}]}""", "personalizations.0.to", "The to array is required for all personalization objects" },
        { """{"personalizations":[{"to":[{"email":"nobody"}]}]}""", "personalizations.0.to.0.email", "Does not contain a valid address." },
        { """{"personalizations":[{"to":[{"email":"a b@c.example"}]}]}""", "personalizations.0.to.0.email", "Does not contain a valid address." },
        { """{"personalizations":[{"to":[{"email":"a@b.example"}],"cc":[{"email":"A@b.example"}]}]}""", "personalizations.0", "We found the first duplicate instance of [A@b.example] in the personalizations.0.cc field." },
        { """{"from":null}""", "from", "The from object must be provided for every email send." },
        { """{"from":{"name":"x"}}""", "from.email", "The from object must be provided for every email send." },
        { """{"from":{"email":"x"}}""", "from.email", "The from email does not contain a valid address." },
        { """{"subject":""}""", "subject", "The subject is required." },
        { """{"content":[]}""", "content", "Unless a valid template_id is provided, the content parameter is required." },
        { """{"content":[{"type":"text/plain","value":""}]}""", "content.0.value", "The content value must be a string at least one character in length." },
        { """{"content":[{"type":"text/html","value":"x"},{"type":"text/plain","value":"x"}]}""", "content", "text/plain, text/html" },
        { """{"custom_args":"a string, as the description has it"}""", "custom_args", "object of strings" },
        { """{"custom_args":{"a":1}}""", "custom_args", "object of strings" },
        { """{"categories":["1","2","3","4","5","6","7","8","9","10","11"]}""", "categories", "10 categories" },
        { """{"send_at":4102444800}""", "send_at", "72 hours" },
        { """{"headers":{"Reply-To":"x@y.example"}}""", "headers.Reply-To", "reserved" },
        { """{"reply_to":{"email":"x@y.example"},"reply_to_list":[{"email":"x@y.example"}]}""", "reply_to", "but not both" },
        { """{"attachments":[{"content":"?","filename":"a.pdf"}]}""", "attachments.0.content", "base64" },
        { """{"asm":{}}""", "asm.group_id", "group_id" },
        { """{"ip_pool_name":"x"}""", "ip_pool_name", "2 to 64" },
        { """{"mail_settings":{"bypass_list_management":{"enable":true},"bypass_spam_management":{"enable":true}}}""", "mail_settings.bypass_list_management", "combined" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_wrong_field_is_refused_by_its_name(string change, string field, string message)
    {
        var mail = SimulatedSendGrid.Mail("refused@school.example");
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            mail[name] = value?.DeepClone();
        }

        using var answer = await sendGrid.SendAsync(mail, Ct);
        var error = Assert.Single(await Errors(answer, HttpStatusCode.BadRequest));
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString());
        Assert.Empty(await sendGrid.MailboxAsync("refused@school.example", Ct));
    }

    [Fact]
    public async Task Too_many_recipients_are_refused()
    {
        using var answer = await sendGrid.SendAsync(SimulatedSendGrid.Mail([.. Enumerable.Range(0, 1001).Select(i => $"r{i}@many.example")]), Ct);
        Assert.Contains("1000 total recipients", Assert.Single(await Errors(answer, HttpStatusCode.BadRequest)).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(null, "authorization required")]
    [InlineData("Bearer sk_test_1", "The provided authorization grant is invalid, expired, or revoked")]
    [InlineData("Basic SG.x", "The provided authorization grant is invalid, expired, or revoked")]
    public async Task A_call_without_a_key_is_refused(string? authorization, string message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, sendGrid.Address + "/v3/mail/send") { Content = JsonContent.Create(SimulatedSendGrid.Mail("a@b.example")) };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, Ct);
        Assert.Equal(message, Assert.Single(await Errors(answer, HttpStatusCode.Unauthorized)).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("POST", "/v3/mail/send", "not json", "application/json", 400, "Bad Request")]
    [InlineData("POST", "/v3/mail/send", "[]", "application/json", 400, "Bad Request")]
    [InlineData("POST", "/v3/mail/send", "{}", "text/plain", 415, "Content-Type")]
    [InlineData("GET", "/v3/mail/send", null, null, 405, "method not allowed")]
    [InlineData("GET", "/v3/nothing", null, null, 404, "not found")]
    public async Task What_the_api_does_not_have_is_refused_in_its_own_form(string method, string path, string? body, string? type, int status, string message)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type!);
        }

        using var answer = await sendGrid.Client.SendAsync(request, Ct);
        Assert.Contains(message, Assert.Single(await Errors(answer, (HttpStatusCode)status)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task Several_errors_are_all_named()
    {
        using var answer = await sendGrid.SendAsync(new JsonObject(), Ct);
        Assert.Equal(["personalizations", "from", "subject", "content"], (await Errors(answer, HttpStatusCode.BadRequest)).Select(e => e.GetProperty("field").GetString()));
    }

    private static async Task<List<JsonElement>> Errors(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        OfficialDescription.Validate("/v3/mail/send", "post", (int)status, body);
        return [.. body.GetProperty("errors").EnumerateArray()];
    }
}
