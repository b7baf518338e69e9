using System.Text.RegularExpressions;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Telemetry;

namespace ToolboxAI.Tests.Secrets;

/// <summary>What the daily timer does in the running application, and what it tells.</summary>
[Collection("secrets application")]
public sealed class SecretAlertsTests(SecretsApplication application)
{
    [Fact]
    public async Task Old_secrets_are_rotated_by_the_timer_and_somebody_is_told_of_what_is_about_to_expire()
    {
        var expiresAt = (await application.Now()).AddDays(35);
        Assert.Equal(202, await application.Rotate(SecretNames.StripeApiKey, new { value = "sk_test_of_a_short_life", expiresAt }));
        await application.Advance("P7D");
        await application.Reaches(SecretNames.StripeApiKey, stage: null);
        Assert.Equal("expiring", (string?)(await application.Secret(SecretNames.StripeApiKey))["state"]);
        Assert.Matches(@"\[4021\].*The secret stripe-api-key is Expiring, it was to be rotated at .*: make a restricted key in Stripe's Dashboard", application.Output);
        await OtlpReceiver.EventuallyAsync(() => application.Telemetry.Metrics.ContainsKey("toolbox.secrets.alerts") ? application : null, () => "the metric of alerts");
        await OtlpReceiver.EventuallyAsync(() => application.Telemetry.Metrics.ContainsKey("toolbox.secrets.days_left") ? application : null, () => "the metric of days left");
        var (_, page) = await application.Send(HttpMethod.Get, "/metrics");
        Assert.Null(page);
        Assert.Matches("toolbox_secrets_days_left\\{[^}]*name=\"stripe-api-key\"[^}]*\\} 2[78]\\.", application.Answers.Last().Answer);
        var (_, ready) = await application.Send(HttpMethod.Get, "/api/health/ready");
        Assert.Contains("\"detail\":\"1 expire within 30 days\"", ready!.ToJsonString());

        // Nobody reacts for a month, in which the others grow old.
        var before = (string?)(await application.Secret(SecretNames.TokenSigningKey))["versions"]![0]!["version"];
        await application.Advance("P29D");
        Assert.Equal("expired", (string?)(await application.Secret(SecretNames.StripeApiKey))["state"]);
        Assert.Matches(@"\[4021\].*The secret stripe-api-key is Expired", application.Output);
        Assert.Contains("The secret token-signing-key has grown old; its rotation is started", application.Output);
        await application.Reaches(SecretNames.TokenSigningKey, stage: null);
        Assert.NotEqual(before, (string?)(await application.Secret(SecretNames.TokenSigningKey))["versions"]![0]!["version"]);

        // An expired one is not used, though the vault would give it.
        var (status, refused) = await application.Send(HttpMethod.Post, "/api/v1/billing/subscription", new { plan = "school-monthly", paymentMethod = "pm_card_visa" }, SecretsApplication.Tenant);
        Assert.True(status >= 500, $"{status} {refused}");
        await Readiness(503);
        var handedOut = HandedOut();
        Assert.Equal(202, await application.Rotate(SecretNames.StripeApiKey, new { value = "sk_test_of_a_long_life" }));
        await SecretsApplication.Until(() => Task.FromResult(HandedOut() > handedOut), () => $"The new version is not handed out. The application said:\n{application.Output}");
        await Readiness(200);
        await application.Advance("PT30M");
        await application.Reaches(SecretNames.StripeApiKey, stage: null);
    }

    /// <summary>A report is kept for a second: waits for the one that tells of what is now.</summary>
    private Task Readiness(int status) => SecretsApplication.Until(
        async () => (await application.Send(HttpMethod.Get, "/api/health/ready")).Status == status, () => $"It is not {status}.");

    /// <summary>How often a new version of Stripe's key became the one that is used.</summary>
    private int HandedOut() => Regex.Count(application.Output, @"\[4010\].*of the secret stripe-api-key: distributed");
}
