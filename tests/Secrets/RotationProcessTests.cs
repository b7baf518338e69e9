using System.Text.Json.Nodes;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Tests.Secrets;

/// <summary>Rotations in the running application, with the vault, Stripe, SendGrid and the database.</summary>
[Collection("secrets application")]
public sealed class RotationProcessTests(SecretsApplication application)
{
    private const string WithPassword = "SELECT rolname::text FROM pg_authid WHERE rolname LIKE 'toolbox\\_app\\_%' AND rolpassword IS NOT NULL ORDER BY 1";
    private const string Endpoints = "SELECT id FROM simulators.stripe_objects WHERE object = 'webhook_endpoint' AND body->>'deleted' IS NULL";
    private const string MailKeys = "SELECT id::text FROM simulators.sendgrid_api_keys WHERE NOT deleted";

    private static readonly string[] All = [.. SecretCatalogue.All.Select(kind => kind.Name)];

    [Fact]
    public async Task Killed_in_the_middle_of_every_rotation_each_ends_with_one_version_and_one_credential_at_its_issuer()
    {
        await RotateAll("sk_test_of_a_killed_run");
        await application.KillAndRestart();
        Assert.Equal(409, await application.Rotate(SecretNames.TokenSigningKey));
        await application.Advance("PT12M");
        await application.KillAndRestart();
        await application.Advance("PT30M");

        foreach (var name in All)
        {
            await application.Reaches(name, stage: null);
            Assert.Equal(["current"], await Enabled(name));
        }

        Assert.Single(await application.Query(Endpoints));
        Assert.Equal(1, await CountMailKeys());
        Assert.Single(await application.Query(WithPassword));
        Assert.Equal(200, (await application.Send(HttpMethod.Get, "/api/health/ready")).Status);
    }

    [Fact]
    public async Task What_the_old_versions_vouched_for_holds_until_they_are_retired_and_what_they_sealed_for_ever()
    {
        var oldToken = (string)(await application.Send(HttpMethod.Post, "/api/v1/tokens", key: SecretsApplication.Tenant, idempotencyKey: "before the rotation")).Body!["token"]!;
        var oldSignature = (await application.Values(SecretNames.StripeWebhookSecret))[0];
        var oldLogin = Assert.Single(await application.Query(WithPassword));
        var mailKeys = await CountMailKeys();
        await RotateAll("sk_test_of_a_calm_run");
        foreach (var name in All)
        {
            await SecretsApplication.Until(async () => await Enabled(name) is ["current", "accepted"], () => $"{name} has no two versions");
        }

        var newToken = (string)(await application.Send(HttpMethod.Post, "/api/v1/tokens", key: SecretsApplication.Tenant)).Body!["token"]!;
        var newSignature = (await application.Values(SecretNames.StripeWebhookSecret))[0];
        Assert.NotEqual(oldToken.Split('.')[0], newToken.Split('.')[0]);
        Assert.Equal((200, 200), (await Scan(oldToken), await Scan(newToken)));
        Assert.Equal((200, 200), (await application.PostEvent("evt_old", "ping", oldSignature), await application.PostEvent("evt_new", "ping", newSignature)));
        Assert.Equal(2, (await application.Query(Endpoints)).Count);
        Assert.Equal(mailKeys + 1, await CountMailKeys());
        Assert.Equal(["toolbox_app_blue", "toolbox_app_green"], await application.Query(WithPassword));

        await application.Advance("PT30M");
        foreach (var name in All)
        {
            await application.Reaches(name, stage: null);
        }

        Assert.Equal((401, 200), (await Scan(oldToken), await Scan(newToken)));
        Assert.Equal((400, 200), (await application.PostEvent("evt_late", "ping", oldSignature), await application.PostEvent("evt_later", "ping", newSignature)));
        var otherLogin = Assert.Single(await application.Query(WithPassword));
        Assert.NotEqual(oldLogin, otherLogin);
        Assert.Equal([await Current(SecretNames.DataWrappingKey)], await application.Query("SELECT DISTINCT wrapped_by FROM toolbox.data_keys"));

        // Another process, with nothing in memory: what the retired key sealed is read, and the database lets it in.
        await application.KillAndRestart();
        var (_, again) = await application.Send(HttpMethod.Post, "/api/v1/tokens", key: SecretsApplication.Tenant, idempotencyKey: "before the rotation");
        Assert.Equal(oldToken, (string?)again!["token"]);

        Assert.Equal(202, await application.Rotate(SecretNames.DatabaseLogin));
        await application.Advance("PT30M");
        await application.Reaches(SecretNames.DatabaseLogin, stage: null);
        Assert.Equal([oldLogin], await application.Query(WithPassword));
        Assert.Equal(200, (await application.Send(HttpMethod.Get, "/api/health/ready")).Status);
    }

    [Fact]
    public async Task An_undone_rotation_leaves_everything_as_it_was()
    {
        const string Name = SecretNames.SendGridApiKey;
        const string Undo = $"/api/v1/admin/secrets/{Name}/rotation/undo";
        var (before, mailKeys) = (await Current(Name), await CountMailKeys());
        Assert.Equal(409, (await application.Send(HttpMethod.Post, Undo)).Status);
        Assert.Equal(202, await application.Rotate(Name));
        await application.Advance("PT7M");
        await application.Reaches(Name, "overlapping");
        Assert.Equal(202, (await application.Send(HttpMethod.Post, Undo)).Status);
        await application.Reaches(Name, stage: null);

        Assert.Equal(["current"], await Enabled(Name));
        Assert.Equal(before, await Current(Name));
        Assert.Equal(mailKeys, await CountMailKeys());
    }

    [Fact]
    public async Task A_new_value_that_its_issuer_refuses_is_undone_by_itself_and_was_never_used()
    {
        const string Name = SecretNames.StripeApiKey;
        var before = await Current(Name);
        await application.Send(HttpMethod.Post, "/local/faults", new { service = "stripe", request = "GET /v1/customers", fault = "status", value = 401, times = 7 });
        Assert.Equal(202, await application.Rotate(Name, new { value = "sk_test_mistyped" }));
        await application.Advance("PT1H");
        await application.Reaches(Name, stage: null);

        Assert.Equal(["current"], await Enabled(Name));
        Assert.Equal(before, await Current(Name));
        await application.Send(HttpMethod.Delete, "/local/faults");
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_refused_with_what_to_do_instead()
    {
        Assert.Equal("secret_not_found", await Refusal(HttpMethod.Get, "no-such-secret"));
        Assert.Equal("secret_value_needed", await Refusal(HttpMethod.Post, "stripe-api-key/rotation", new { }));
        Assert.Equal("secret_value_invalid", await Refusal(HttpMethod.Post, "stripe-api-key/rotation", new { value = "whsec_elsewhere" }));
        Assert.Equal("secret_value_invalid", await Refusal(HttpMethod.Post, "stripe-api-key/rotation", new { value = "changeme" }));
        Assert.Equal("secret_value_unwanted", await Refusal(HttpMethod.Post, "token-signing-key/rotation", new { value = "mine" }));
        Assert.Equal("secret_value_invalid", await Refusal(HttpMethod.Post, "token-signing-key/rotation", new { expiresAt = "2020-01-01T00:00:00Z" }));
        Assert.Equal("rotation_not_running", await Refusal(HttpMethod.Post, "token-signing-key/rotation/undo"));
        Assert.Equal(403, (await application.Send(HttpMethod.Get, "/api/v1/admin/secrets", key: SecretsApplication.Tenant)).Status);
        Assert.Equal(401, (await application.Send(HttpMethod.Get, "/api/v1/admin/secrets", key: "wrong")).Status);
    }

    [Fact]
    public async Task The_list_shows_names_versions_and_ages_and_nothing_else()
    {
        var secrets = (await application.Send(HttpMethod.Get, "/api/v1/admin/secrets")).Body!.AsArray();
        Assert.Equal(All, secrets.Select(secret => (string?)secret!["name"]));
        Assert.All(secrets, secret =>
        {
            Assert.Equal(["name", "purpose", "state", "madeByUs", "rotateAt", "versions", "rotation"], secret!.AsObject().Select(member => member.Key));
            Assert.All(secret["versions"]!.AsArray(), version =>
                Assert.Equal(["version", "state", "createdAt", "ageDays", "expiresAt"], version!.AsObject().Select(member => member.Key)));
        });
    }

    private async Task<string?> Refusal(HttpMethod method, string path, object? body = null)
    {
        var (status, problem) = await application.Send(method, "/api/v1/admin/secrets/" + path, body);
        Assert.InRange(status, 400, 499);
        return (string?)problem!["code"];
    }

    private async Task RotateAll(string stripeKey)
    {
        foreach (var name in All)
        {
            Assert.Equal(202, await application.Rotate(name, name == SecretNames.StripeApiKey ? new { value = stripeKey } : null));
        }
    }

    private async Task<int> Scan(string token) => (await application.Send(HttpMethod.Post, "/api/v1/scripts/scan", new { source = "return 1" }, token)).Status;

    /// <summary>The keys that SendGrid made: the installation's first one is not among them.</summary>
    private async Task<int> CountMailKeys() => (await application.Query(MailKeys)).Count;

    private async Task<string> Current(string name) => (string)(await Versions(name)).Single(version => (string?)version!["state"] == "current")!["version"]!;

    private async Task<List<string?>> Enabled(string name) =>
        [.. (await Versions(name)).Select(version => (string?)version!["state"]).Where(state => state != "disabled")];

    private async Task<JsonArray> Versions(string name) => (await application.Secret(name))["versions"]!.AsArray();
}
