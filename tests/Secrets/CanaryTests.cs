using System.Text;
using System.Text.Json.Nodes;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Secrets;

/// <summary>
/// Known secrets are planted, much goes right and wrong, and then everything that was written anywhere is searched for them: tables, blobs,
/// files, outputs, telemetry, answers. What the outside keeps (the simulators' tables, the passwords of the services) holds them, which
/// shows that the search finds what is there.
/// </summary>
[Collection("secrets application")]
public sealed class CanaryTests(SecretsApplication application)
{
    private const string Stripe = "sk_test_canary_2b7f31c9";
    private const string Ours = "NOT IN ('simulators', 'pg_catalog', 'information_schema')";
    private const string Refused = "sk_test_canary_refused_5d1";
    private const string Setting = "sk_live" + "_canary_7ca90b5e11d2";

    [Fact]
    public async Task No_secret_is_found_in_anything_that_was_written_anywhere()
    {
        await Rotations();
        var token = await Requests();
        var soon = await Rows(Ours);                     // a month later much of it is purged
        await Outages();
        var refusals = string.Concat(await RefusedStarts());
        await application.Send(HttpMethod.Get, "/metrics");
        await application.Send(HttpMethod.Get, "/runtime/webhooks/durabletask/instances?showInput=true&code=tbx_local_master_key");
        await application.Send(HttpMethod.Get, "/runtime/webhooks/durabletask/instances/rotation-stripe-api-key?showHistory=true&showHistoryOutput=true&code=tbx_local_master_key");

        Assert.Contains("is set: a secret does not stand in a setting", refusals);
        Assert.Contains("stripe-api-key is malformed", refusals);
        Assert.NotEqual(["0"], await application.Query("SELECT count(*)::text FROM servicebus.messages WHERE dead"));
        Assert.True(application.Telemetry.Spans.Count > 100, $"{application.Telemetry.Spans.Count} spans");
        Assert.True(application.Telemetry.Logs.Count > 50, $"{application.Telemetry.Logs.Count} log records");
        Assert.True(application.Telemetry.Metrics.Count > 10, $"{application.Telemetry.Metrics.Count} metrics");

        var canaries = await Planted();
        canaries.Add("a token's signature", token.Split('.')[2]);
        Assert.InRange(canaries.Count, 15, 200);
        Assert.NotEmpty(canaries.In("the outside", await Rows("= 'simulators'")));

        Assert.Equal([], canaries.In("a table", [.. soon, .. await Rows(Ours)]));
        Assert.Equal([], canaries.In("the statistics of statements", await application.Query("SELECT query FROM pg_stat_activity WHERE query IS NOT NULL")));
        Assert.Equal([], canaries.In("telemetry", application.Telemetry.Bodies.Select(Encoding.Latin1.GetString)));
        Assert.Equal([], canaries.In("an output", [application.Output, refusals]));
        Assert.Equal([], canaries.In("an answer", application.Answers.Where(answer => !answer.Path.EndsWith("/api/v1/tokens", StringComparison.Ordinal)).Select(answer => answer.Answer)));
        Assert.Equal([], canaries.In("a file", Files()));
    }

    /// <summary>Rotations that succeed, fail, are undone and are answered badly by vault and issuers.</summary>
    private async Task Rotations()
    {
        await Fault("keyvault", "GET /secrets/*/versions", "status", 503, 2);
        await Fault("keyvault", "GET /secrets/*/*", "status", 429, 2);
        await Fault("keyvault", "PUT /secrets/*", "lost-answer", null, 1);
        await Fault("sendgrid", "POST /v3/api_keys", "lost-answer", null, 1);
        await Fault("stripe", "POST /v1/webhook_endpoints", "status", 500, 1);
        await Fault("stripe", "GET /v1/customers", "status", 401, 2);
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/stripe-api-key/rotation", new { value = Stripe }, idempotencyKey: "planted");
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/stripe-api-key/rotation", new { value = Stripe }, idempotencyKey: "planted");
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/stripe-api-key/rotation", new { value = Stripe });
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/token-signing-key/rotation", new { value = Stripe });
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/stripe-webhook-secret/rotation", new { value = Stripe }, idempotencyKey: "planted");
        await application.Send(HttpMethod.Post, $"/api/v1/admin/secrets/{Stripe}/rotation", new { });
        foreach (var name in SecretCatalogue.All.Select(kind => kind.Name))
        {
            await application.Rotate(name);
        }

        await application.Advance("PT7M");
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/sendgrid-api-key/rotation/undo", new { });
        await application.Advance("PT2H");
        await application.Reaches(SecretNames.StripeApiKey, stage: null);
        await Fault("stripe", "GET /v1/customers", "status", 401, 7);
        await application.Rotate(SecretNames.StripeApiKey, new { value = Refused });
        await application.Advance("PT1H");
        await application.Reaches(SecretNames.StripeApiKey, stage: null);
    }

    /// <summary>Calls that are answered, and calls that are refused; the token that one of them gave.</summary>
    private async Task<string> Requests()
    {
        var (_, token) = await application.Send(HttpMethod.Post, "/api/v1/tokens", key: SecretsApplication.Tenant, idempotencyKey: "a token");
        var text = (string)token!["token"]!;
        await application.Send(HttpMethod.Post, "/api/v1/scripts/scan", new { source = "return 1" }, text);
        await application.Send(HttpMethod.Post, "/api/v1/billing/subscription", new { plan = "school-monthly" }, text);
        await application.Send(HttpMethod.Post, "/api/v1/admin/secrets/stripe-api-key/rotation", Stripe);
        await application.Send(HttpMethod.Get, "/api/v1/admin/secrets");
        await application.Send(HttpMethod.Get, "/api/v1/admin/secrets", key: Stripe);
        await application.Send(HttpMethod.Get, "/api/v1/openapi.json");
        await application.Send(HttpMethod.Get, "/api/health/ready");
        await application.Send(HttpMethod.Get, "/local/services");
        await application.PostEvent("evt_forged", "ping", "whsec_forged");
        return text;
    }

    /// <summary>A month with a failing card, failing mail, a failing vault, and messages that end among the dead letters.</summary>
    private async Task Outages()
    {
        await application.Send(HttpMethod.Post, "/api/v1/billing/subscription", new { plan = "school-monthly", paymentMethod = "pm_card_visa" }, SecretsApplication.Tenant, "subscribe");
        await application.Send(HttpMethod.Put, "/api/v1/billing/payment-method", new { paymentMethod = "pm_card_chargeCustomerFail" }, SecretsApplication.Tenant);
        await Fault("sendgrid", "POST /v3/mail/send", "status", 500, 20);
        await Fault("stripe", "POST /v1/invoices/*/pay", "status", 500, 3);
        await Fault("keyvault", "GET /secrets/*/versions", "status", 503, 3);
        await application.Advance("P33D");
        await Fault("stripe", "GET /v1/invoices/in_none", "status", 500, 50);
        var signature = (await application.Values(SecretNames.StripeWebhookSecret))[0];
        Assert.Equal(200, await application.PostEvent("evt_poison", "invoice.payment_failed", signature));
        await SecretsApplication.Until(
            async () => await application.Query("SELECT count(*)::text FROM servicebus.messages WHERE dead") is not ["0"],
            () => "No message ended among the dead letters.");
        await application.Send(HttpMethod.Delete, "/local/faults");
    }

    /// <summary>Starts that are refused because of what they were given; what they say.</summary>
    private static async Task<string[]> RefusedStarts()
    {
        var production = new Dictionary<string, string> { ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production", ["Stripe__ApiKey"] = Setting };
        await using var setting = TestProcess.Start("ToolboxAI.Functions", production);
        Assert.Equal(1, await setting.ExitAsync(TimeSpan.FromMinutes(2)));
        await using var malformed = TestProcess.Start("ToolboxAI.Functions", new Dictionary<string, string> { ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production" }, "--set-secret", SecretNames.StripeApiKey);
        await malformed.SayAsync("malformed " + Stripe);
        Assert.Equal(1, await malformed.ExitAsync(TimeSpan.FromMinutes(2)));
        return [setting.Output, malformed.Output];
    }

    /// <summary>Every value that the vault ever held, what its identity endpoint asks for, and the services' passwords.</summary>
    private async Task<Canaries> Planted()
    {
        var canaries = new Canaries();
        canaries.Add("a key in a setting", Setting);
        foreach (var secret in await application.Query("SELECT body->>'Name' || ' ' || (body->>'Value') FROM simulators.keyvault_versions"))
        {
            var (name, value) = (secret[..secret.IndexOf(' ')], secret[(secret.IndexOf(' ') + 1)..]);
            canaries.Add(name, value);
        }

        canaries.Add("the identity endpoint's header", (await application.Query("SELECT header FROM simulators.keyvault_identity"))[0]);
        foreach (var (name, password) in JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(application.Data, "passwords.json")))!.AsObject())
        {
            canaries.Add($"the password of {name}", (string)password!);
        }

        return canaries;
    }

    private Task Fault(string service, string request, string fault, int? value, int times) =>
        application.Send(HttpMethod.Post, "/local/faults", new { service, request, fault, value, times });

    private async Task<List<string>> Rows(string schemas)
    {
        var tables = await application.Query($"SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname {schemas}");
        Assert.NotEmpty(tables);
        var rows = new List<string>();
        foreach (var table in tables)
        {
            rows.AddRange(await application.Query($"SELECT t::text FROM {table} t"));
        }

        return rows;
    }

    /// <summary>The data folder without the database's own files, whose rows are read, and without the files that carry the services' logins to an application.</summary>
    private IEnumerable<string> Files() =>
        from file in Directory.EnumerateFiles(application.Data, "*", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(application.Data, file)
        where !path.StartsWith("postgres", StringComparison.Ordinal) && path is not ("passwords.json" or "services.json" or "lock")
        select Read(file);

    private static string Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
