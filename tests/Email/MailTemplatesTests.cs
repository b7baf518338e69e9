using System.Text.RegularExpressions;
using ToolboxAI.Shared.Email;

namespace ToolboxAI.Tests.Email;

public sealed partial class MailTemplatesTests
{
    private static readonly PaymentMail Full = new("School", 490_00, "usd")
    {
        NextTryAt = new(2026, 8, 3, 9, 0, 0, TimeSpan.Zero),
        TriesLeft = 3,
        Deadline = new(2026, 8, 21, 23, 30, 0, TimeSpan.FromHours(-2)),
        Reason = "Your bank declined the payment.",
        ActionUrl = "https://app.toolboxai.example/billing?in=in_1&x=2",
    };

    public static TheoryData<string> Templates => [.. MailTemplate.All];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Every_mail_names_plan_and_amount_in_subject_text_and_html_and_leaves_nothing_unfilled(string template)
    {
        foreach (var model in (PaymentMail[])[Full, new("School", 490_00, "usd"), Full with { Authenticate = true }, Full with { Ending = "pause" }])
        {
            var mail = MailTemplates.Render(template, model);
            Assert.Contains("School", mail.Subject);
            Assert.DoesNotContain('\n', mail.Subject);
            Assert.InRange(mail.Subject.Length, 10, 78);
            Assert.Contains("USD 490.00", mail.Text);
            Assert.Contains("USD 490.00", mail.Html);
            Assert.DoesNotContain("{{", mail.Text + mail.Html);
            Assert.DoesNotContain("<", mail.Text);
            Assert.DoesNotContain("\n\n\n", mail.Text);
            Assert.DoesNotContain('\r', mail.Text + mail.Html);
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void The_html_says_what_the_text_says(string template)
    {
        var mail = MailTemplates.Render(template, Full with { ActionUrl = null });
        var body = Body().Match(mail.Html).Value;
        var words = Words(System.Net.WebUtility.HtmlDecode(Tag().Replace(body, " ")));
        Assert.All(Words(mail.Text).Where(word => word.Length > 3), word => Assert.Contains(word, words));
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void What_a_customer_named_a_plan_shows_as_text(string template)
    {
        var mail = MailTemplates.Render(template, Full with { Plan = "<img src=x onerror=alert(1)> & \"Co\"\r\nBcc: all@example.com", Reason = "<b>no</b>" });
        Assert.DoesNotContain("<img", mail.Html);
        Assert.DoesNotContain("<b>no", mail.Html);
        Assert.Contains("&lt;img", mail.Html);
        Assert.Contains("<img src=x onerror=alert(1)> & \"Co\" Bcc: all@example.com", mail.Subject);
        Assert.Contains("<img", mail.Text);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("/billing")]
    [InlineData("")]
    public void An_address_that_is_not_a_web_address_is_no_link(string url)
    {
        var mail = MailTemplates.Render(MailTemplate.PaymentFailed, Full with { ActionUrl = url });
        Assert.DoesNotContain("<a ", mail.Html);
        Assert.Contains("in your account's billing settings", mail.Text);
    }

    [Fact]
    public void A_link_stands_as_a_button_and_as_an_address_that_can_be_copied()
    {
        var mail = MailTemplates.Render(MailTemplate.PaymentFailed, Full);
        Assert.Contains("href=\"https://app.toolboxai.example/billing?in=in_1&x=2\"", System.Net.WebUtility.HtmlDecode(mail.Html));
        Assert.DoesNotContain("in_1&x", mail.Html);
        Assert.Contains("\nhttps://app.toolboxai.example/billing?in=in_1&x=2\n", mail.Text);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "We will try one more time.")]
    [InlineData(2, "We will try up to 2 more times.")]
    public void Tries_are_counted_in_good_english(int tries, string? sentence)
    {
        var text = MailTemplates.Render(MailTemplate.PaymentFailed, Full with { TriesLeft = tries }).Text;
        Assert.Equal(sentence is not null, text.Contains(sentence ?? "We will try up", StringComparison.Ordinal));
    }

    [Fact]
    public void Days_are_those_of_utc()
    {
        var text = MailTemplates.Render(MailTemplate.PaymentFailed, Full).Text;
        Assert.Contains("on Monday, 3 August 2026", text);
        Assert.Contains("The last day is Saturday, 22 August 2026.", text);
    }

    [Theory]
    [InlineData("cancel", "your subscription ends")]
    [InlineData("pause", "your subscription is paused")]
    [InlineData("uncollectible", "your access ends")]
    public void The_final_notice_says_what_follows(string ending, string words)
    {
        var mail = MailTemplates.Render(MailTemplate.FinalNotice, Full with { Ending = ending });
        var sentence = $"If we cannot collect it by Saturday, 22 August 2026, {words}.";
        Assert.Contains(sentence, mail.Text);
        Assert.Contains(sentence, mail.Html);
    }

    [Fact]
    public void A_plain_mail_reads_like_this()
    {
        var mail = MailTemplates.Render(MailTemplate.PaymentFailed, Full);
        Assert.Equal("Your payment for School failed", mail.Subject);
        Assert.Equal(
            """
            Your payment for School failed

            We could not collect USD 490.00 for your subscription to School. Your bank declined the payment.

            We will try the same card again on Monday, 3 August 2026. You need not do anything if the card works by then.

            We will try up to 3 more times. The last day is Saturday, 22 August 2026.

            To pay now, or with another card:
            https://app.toolboxai.example/billing?in=in_1&x=2

            --
            ToolboxAI billing
            You get this mail because this address is the billing contact of your account.

            """.ReplaceLineEndings("\n"),
            mail.Text);
    }

    [Theory]
    [InlineData(123450, "usd", "USD 1,234.50")]
    [InlineData(500, "JPY", "JPY 500")]
    [InlineData(1234, "kwd", "KWD 1.234")]
    [InlineData(5, "eur", "EUR 0.05")]
    [InlineData(-100, "eur", "EUR -1.00")]
    public void Money_is_written_in_the_currency_s_own_digits(long amount, string currency, string text) =>
        Assert.Equal(text, MoneyText.Of(amount, currency));

    private static HashSet<string> Words(string text) => [.. text.Split([' ', '\n', '.', ',', ':', '\'', '-'], StringSplitOptions.RemoveEmptyEntries).Where(word => word != "billing" && word != "ToolboxAI")];

    [GeneratedRegex("<body>.*</body>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Body();

    [GeneratedRegex("<[^>]+>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();
}
