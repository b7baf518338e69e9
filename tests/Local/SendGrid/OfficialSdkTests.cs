using System.Text.Json;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.SendGrid;

/// <summary>SendGrid's own JavaScript SDK as a client of the simulator, and as a reader of its signatures.</summary>
public sealed class OfficialSdkTests(SimulatedSendGrid sendGrid) : IClassFixture<SimulatedSendGrid>
{
    private static readonly NodeJudge Judge = new(Path.Combine(Repository.Root, "tests", "Local", "SendGrid", "Judge"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_official_sdk_sends_mails_through_the_simulator()
    {
        var answer = (await Judge.AskAsync(Send(Mail("sdk@school.example"), Mail("sdk@school.example"))))[0];
        Assert.Equal(2, answer.GetArrayLength());
        Assert.All(answer.EnumerateArray(), one => Assert.Equal(202, one.GetProperty("status").GetInt32()));
        var items = await sendGrid.MailboxAsync("sdk@school.example", Ct);
        Assert.Equal(
            answer.EnumerateArray().Select(one => one.GetProperty("messageId").GetString()!).Order(),
            items.Select(item => item.GetProperty("messageId").GetString()!).Order());
        Assert.All(items, item => Assert.Equal("Hi", item.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task The_official_sdk_understands_the_refusals()
    {
        var answers = await Judge.AskAsync(
            Send(Mail("nobody")),
            Send(Mail("sdk@school.example") with { subject = "" }),
            Send(Mail("sdk@school.example")) with { key = "SG" });
        Assert.Equal([400, 400, 401], answers.Select(answer => answer.GetProperty("status").GetInt32()));
        Assert.Equal("Does not contain a valid address.", Error(answers[0]).GetProperty("message").GetString());
        Assert.Equal("personalizations.0.to.0.email", Error(answers[0]).GetProperty("field").GetString());
        Assert.Equal("subject", Error(answers[1]).GetProperty("field").GetString());
        Assert.Equal("Unauthorized", answers[2].GetProperty("message").GetString());
    }

    [Fact]
    public async Task The_official_sdk_verifies_the_signatures_of_the_events()
    {
        await sendGrid.EventsAsync(await sendGrid.AcceptAsync("signed@school.example", Ct), 2, Ct);
        var post = sendGrid.Posts.First(p => p.Body.Contains("signed@school.example", StringComparison.Ordinal));
        var answers = await Judge.AskAsync(
            new { ask = "verify", publicKey = sendGrid.PublicKey, body = post.Body, signature = post.Signature, timestamp = post.Timestamp },
            new { ask = "verify", publicKey = sendGrid.PublicKey, body = post.Body.TrimEnd(), signature = post.Signature, timestamp = post.Timestamp });
        Assert.Equal([true, false], answers.Select(answer => answer.GetBoolean()));
    }

    [Fact]
    public async Task The_example_of_the_official_description_is_accepted()
    {
        Assert.SkipUnless(OfficialDescription.ExampleOfRequest("MailSendNoTemplate") is not null, "../shared is absent.");
        var example = OfficialDescription.ExampleOfRequest("MailSendNoTemplate")!;
        using var answer = await sendGrid.SendAsync(example, Ct);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Single(await sendGrid.MailboxAsync("dana@example.com", Ct));
    }

    private static JsonElement Error(JsonElement answer) => answer.GetProperty("body").GetProperty("errors")[0];

    private Question Send(params Message[] messages) => new("send", sendGrid.Address, "SG.judge", messages);

    private static Message Mail(string to) =>
        new(to, "billing@toolboxai.example", "Hello", "Hi", "<p>Hi</p>", new() { ["tbx_mail_id"] = "m" }, sendAt: 1);

    private sealed record Question(string ask, string address, string key, Message[] messages);

    private sealed record Message(string to, string from, string subject, string text, string html, Dictionary<string, string> customArgs, long sendAt);
}
