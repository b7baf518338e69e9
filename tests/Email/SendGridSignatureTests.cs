using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Email;

public sealed class SendGridSignatureTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static TheoryData<string, string, string, string, string, bool> Vectors
    {
        get
        {
            var data = new TheoryData<string, string, string, string, string, bool>();
            foreach (var v in Repository.Contracts is { } contracts ? Cases(Path.Combine(contracts, "sendgrid", "vectors.json")) : [])
            {
                data.Add(Text(v, "name"), Text(v, "public_key_spki_b64"), Text(v, "timestamp"), Text(v, "body"), Text(v, "signature"), v.GetProperty("valid").GetBoolean());
            }

            return data;
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Vectors))]
    public void The_vectors_verify_as_they_say(string name, string publicKey, string timestamp, string body, string signature, bool valid)
    {
        Assert.NotEmpty(name);
        Assert.Equal(valid, SendGridSignature.Matches(publicKey, signature, timestamp, Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-600, true)]
    [InlineData(600, true)]
    [InlineData(-601, false)]
    [InlineData(601, false)]
    public void A_post_is_taken_for_ten_minutes_around_its_time(int seconds, bool genuine)
    {
        var timestamp = Noon.AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.Equal(genuine, Check().IsGenuine(Sign(timestamp + "[]\r\n"), timestamp, "[]\r\n"u8));
    }

    [Fact]
    public void Another_body_time_or_key_is_refused()
    {
        var timestamp = Noon.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Sign(timestamp + "[]\r\n");
        Assert.False(Check().IsGenuine(signature, timestamp, "[]"u8));
        Assert.False(Check().IsGenuine(signature, "0" + timestamp, "[]\r\n"u8));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.False(SendGridSignature.Matches(Convert.ToBase64String(other.ExportSubjectPublicKeyInfo()), signature, timestamp, "[]\r\n"u8));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("???", "1772366400")]
    [InlineData("AAAA", "1772366400")]
    [InlineData("MEUCIQ==", "1772366400")]
    [InlineData("AAAA", "+1772366400")]
    [InlineData("AAAA", "99999999999999999999")]
    [InlineData("AAAA", "-9223372036854775808")]
    public void Nonsense_is_refused_and_not_an_exception(string? signature, string? timestamp) =>
        Assert.False(Check().IsGenuine(signature, timestamp, "[]\r\n"u8));

    [Fact]
    public void The_sample_events_are_read()
    {
        Assert.SkipUnless(Repository.Contracts is not null, "../shared is absent.");
        var body = File.ReadAllBytes(Path.Combine(Repository.Contracts!, "sendgrid", "sample-events.json"));
        var events = SendGridEvent.Read(body)!;
        Assert.Equal(14, events.Count);
        Assert.All(events.SkipLast(1), e => Assert.Equal("14c5d75ce93", e.Happened.MessageId));
        Assert.Equal("500 unknown recipient", events.First(e => e.Happened.Type == "bounce").Happened.Reason);
        Assert.All(events, e => Assert.Null(e.MailId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[{]")]
    [InlineData("\"x\"")]
    public void What_is_no_array_is_no_post(string body) => Assert.Null(SendGridEvent.Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Strange_events_do_not_spoil_the_others()
    {
        const string Body = """
            [1, null, "x", [], {}, {"sg_event_id": 5}, {"sg_event_id":""},
             {"sg_event_id":"a","event":7,"timestamp":"soon","tbx_mail_id":{},"sg_message_id":[]},
             {"sg_event_id":"b","event":"delivered","timestamp":1e400},
             {"sg_event_id":"c","event":"delivered","timestamp":1790000500,"tbx_mail_id":"m","tbx_tenant":"demo","sg_message_id":"x.y.z"}]
            """;
        var events = SendGridEvent.Read(Encoding.UTF8.GetBytes(Body))!;
        Assert.Equal(["a", "b", "c"], events.Select(e => e.Id));
        Assert.Equal(("m", "demo", "x", 1790000500), (events[2].MailId, events[2].Tenant, events[2].Happened.MessageId, events[2].Happened.At.ToUnixTimeSeconds()));
    }

    [Fact]
    public void An_id_is_taken_as_it_came_or_not_at_all()
    {
        Assert.Empty(SendGridEvent.Read("""[{"sg_event_id":"a\u0000"}]"""u8.ToArray())!);
        var e = Assert.Single(SendGridEvent.Read("""[{"sg_event_id":"a","tbx_tenant":"demo\u0000","tbx_mail_id":"m\u0000"}]"""u8.ToArray())!);
        Assert.Equal((null, null), (e.Tenant, e.MailId));
    }

    [Fact]
    public void Texts_come_without_what_the_database_refuses_and_in_bounds()
    {
        var body = $$"""[{"sg_event_id":"a","event":"bounce","reason":"\u0000{{new string('x', 5000)}}"}]""";
        var e = Assert.Single(SendGridEvent.Read(Encoding.UTF8.GetBytes(body))!);
        Assert.Equal(("a", 1000), (e.Id, e.Happened.Reason!.Length));

        var halves = Assert.Single(SendGridEvent.Read("""[{"sg_event_id":"a","event":"bounce","reason":"\ud83d"}]"""u8.ToArray())!);
        Assert.Null(halves.Happened.Reason);
        var cut = Assert.Single(SendGridEvent.Read(Encoding.UTF8.GetBytes($$"""[{"sg_event_id":"a","reason":"{{new string('x', 999)}}\ud83d\ude00"}]"""))!);
        Assert.Equal(999, cut.Happened.Reason!.Length);
    }

    public void Dispose() => key.Dispose();

    private SendGridSignature Check() => new(
        Options.Create(new SendGridOptions { WebhookPublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) }), new(new TestClock(Noon)));

    private string Sign(string text) => Convert.ToBase64String(
        key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    private static List<JsonElement> Cases(string file) =>
        [.. JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file)).GetProperty("cases").EnumerateArray()];

    private static string Text(JsonElement vector, string name) => vector.GetProperty(name).GetString()!;
}
