using System.Text;

namespace ToolboxAI.Tests.Secrets;

/// <summary>Rotations and the search for leaks, in the running application.</summary>
[Collection("billing application")]
public sealed class SecretsProcessTests(SecretsApplication application) : IClassFixture<SecretsApplication>
{
    private static readonly string[] MadeByUs =
        ["stripe-webhook-secret", "sendgrid-api-key", "token-signing-key", "data-wrapping-key", "database-login"];

    [Fact]
    public async Task Killed_in_the_middle_of_every_rotation_each_ends_with_one_version_and_one_credential_at_its_issuer()
    {
        foreach (var name in MadeByUs)
        {
            Assert.Equal(202, (await application.Send(HttpMethod.Post, $"/api/v1/admin/secrets/{name}/rotation", new { })).Status);
        }

        await application.KillAndRestart();
        await application.Advance("PT2H");
        Assert.Equal(409, (await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/token-signing-key/rotation", new { })).Status);
        await application.KillAndRestart();
        await application.Advance("P2D");
        await application.KillAndRestart();

        foreach (var name in MadeByUs)
        {
            await SecretsApplication.Until(async () => (await application.Secret(name))["rotation"] is null, () => $"{name} still rotates");
            var states = (await application.Secret(name))["versions"]!.AsArray().Select(version => (string?)version!["state"]).ToList();
            Assert.Equal("current", states[0]);
            Assert.All(states.Skip(1), state => Assert.Equal("disabled", state));
        }

        Assert.Equal(["1"], await application.Query("SELECT count(*)::text FROM simulators.stripe_objects WHERE object = 'webhook_endpoint' AND body->>'deleted' IS NULL"));
        Assert.Equal(["1"], await application.Query("SELECT count(*)::text FROM simulators.sendgrid_api_keys WHERE NOT deleted"));
        Assert.Equal(["1"], await application.Query("SELECT count(*)::text FROM pg_authid WHERE rolname LIKE 'toolbox\\_app\\_%' AND rolpassword IS NOT NULL"));
        Assert.Equal(200, (await application.Send(HttpMethod.Get, "/api/health/ready")).Status);
    }

    [Fact]
    public async Task An_undone_rotation_leaves_everything_as_it_was()
    {
        var before = (string?)(await application.Secret("sendgrid-api-key"))["versions"]![0]!["version"];
        Assert.Equal(409, (await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/sendgrid-api-key/rotation/undo")).Status);
        Assert.Equal(202, (await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/sendgrid-api-key/rotation", new { })).Status);
        await application.Advance("PT2H");
        Assert.Equal(202, (await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/sendgrid-api-key/rotation/undo")).Status);
        await SecretsApplication.Until(async () => (await application.Secret("sendgrid-api-key"))["rotation"] is null, () => "it still rotates");

        var versions = (await application.Secret("sendgrid-api-key"))["versions"]!.AsArray();
        Assert.Equal(("disabled", "current", before), ((string?)versions[0]!["state"], (string?)versions[1]!["state"], (string?)versions[1]!["version"]));
    }

    [Fact]
    public async Task No_secret_is_found_in_anything_that_was_written_anywhere()
    {
        const string Tenant = "tbx_local_development_key";
        const string Planted = "sk_test_canary_2b7f31c9";
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/stripe-api-key/rotation", new { value = Planted }, idempotencyKey: "planted");
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/stripe-api-key/rotation", new { value = Planted }, idempotencyKey: "planted");
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/token-signing-key/rotation", new { value = Planted });
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/stripe-api-key/rotation", new { value = "whsec_not_a_key" });
        var (_, token) = await application.Send(HttpMethod.Post, "/api/v1/tokens", key: Tenant, idempotencyKey: "token");
        await application.Send(HttpMethod.Post, "/api/v1/billing/subscription", new { plan = "school-monthly", paymentMethod = "pm_card_visa" }, Tenant, "subscribe");
        await application.Send(HttpMethod.Put, "/api/v1/billing/payment-method", new { paymentMethod = "pm_card_chargeCustomerFail" }, Tenant);
        await application.Send(HttpMethod.Post, "/local/faults", new { service = "sendgrid", request = "POST /v3/mail/send", fault = "status", value = 500, times = 20 });
        await application.Send(HttpMethod.Post, "/local/faults", new { service = "stripe", request = "POST /v1/invoices/*/pay", fault = "status", value = 500, times = 3 });
        await application.Send(HttpMethod.Post, "/local/faults", new { service = "keyvault", request = "GET /secrets/*/versions", fault = "status", value = 503, times = 3 });
        await application.Advance("P33D");
        await application.Send(HttpMethod.Post, "/api/v1/webhooks/stripe", new { id = "evt_forged" });
        await application.Send(HttpMethod.Get, "/api/v1/admin/secrets");
        await application.Send(HttpMethod.Get, "/api/openapi.json");
        await application.Send(HttpMethod.Get, "/api/v1/admin/secrets", key: "wrong");
        await SecretsApplication.Until(() => Task.FromResult(!application.Telemetry.Bodies.IsEmpty), () => "no telemetry came");

        var canaries = await Canaries();
        Assert.Contains(Planted, canaries);
        Assert.Contains(canaries, canary => canary.StartsWith("SG.", StringComparison.Ordinal));
        Assert.NotEmpty(Leaks(canaries, await Rows("= 'simulators'")));      // the outside knows them: so the search finds what is there

        canaries.Add(token!["token"]!.GetValue<string>().Split('.')[2]);
        Assert.Empty(Leaks(canaries, await Rows("NOT IN ('simulators', 'pg_catalog', 'information_schema')")));
        Assert.Empty(Leaks(canaries, application.Telemetry.Bodies.Select(body => Encoding.Latin1.GetString(body))));
        Assert.Empty(Leaks(canaries, [application.Output]));
        Assert.Empty(Leaks(canaries, application.Answers.Where(answer => !answer.Contains("expiresAt\":\"", StringComparison.Ordinal) || !answer.Contains("\"token\"", StringComparison.Ordinal))));
        Assert.Empty(Leaks(canaries, Files("logs").Concat(Files("azurite"))));
    }

    /// <summary>Every value that the vault ever held, and the passwords inside them.</summary>
    private async Task<List<string>> Canaries()
    {
        var values = await application.Query("SELECT DISTINCT body->>'Value' FROM simulators.keyvault_versions");
        var passwords = values.Where(value => value.StartsWith('{')).Select(value => (string)System.Text.Json.Nodes.JsonNode.Parse(value)!["password"]!).ToList();
        return [.. values.Where(value => !value.StartsWith('{')), .. passwords];
    }

    /// <summary>Which canaries stand in a text: as they are, in hexadecimal (as rows show bytes) or in base64.</summary>
    private static List<string> Leaks(IEnumerable<string> canaries, IEnumerable<string> texts)
    {
        var forms = canaries.SelectMany(canary => new[]
        {
            canary, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(canary)), Convert.ToBase64String(Encoding.UTF8.GetBytes(canary)),
        }).ToList();
        return [.. from text in texts from form in forms where text.Contains(form, StringComparison.Ordinal) select form];
    }

    private async Task<List<string>> Rows(string schemas)
    {
        var tables = await application.Query($"SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname {schemas}");
        var rows = new List<string>();
        foreach (var table in tables)
        {
            rows.AddRange(await application.Query($"SELECT t::text FROM {table} t"));
        }

        return rows;
    }

    private IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(application.Data, folder), "*", SearchOption.AllDirectories)
        .Select(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return reader.ReadToEnd();
        });
}
