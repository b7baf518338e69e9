using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>
/// Webhook endpoints. An event is posted once, however many there are, with a signature of each endpoint's secret, as the original
/// does with the two secrets of one endpoint while its secret is rolled.
/// </summary>
internal sealed class WebhookEndpoints(string firstSecret)
{
    /// <summary>The address of the application's endpoint, as far as Stripe knows; its posts go to the application all the same.</summary>
    public const string Address = "https://toolboxai.example/api/v1/webhooks/stripe";

    private const string Kind = "webhook_endpoint";
    private const string Hidden = "_secret";
    private volatile IReadOnlyList<string> secrets = [firstSecret];

    /// <summary>The secrets that sign.</summary>
    public IReadOnlyList<string> Secrets => secrets;

    public void Map(StripeRoutes routes)
    {
        routes.Post("/v1/webhook_endpoints", CreateAsync);
        routes.Get("/v1/webhook_endpoints", call =>
            call.Store.PageAsync("/v1/webhook_endpoints", Kind, call.Form.Accept("limit", "starting_after", "ending_before"), []));
        routes.Get("/v1/webhook_endpoints/{id}", async call => StripeJson.Public(await call.Store.GetAsync(Kind, call.Id)));
        routes.Delete("/v1/webhook_endpoints/{id}", DeleteAsync);
    }

    /// <summary>Makes the first endpoint when there never was one, and learns what signs.</summary>
    public async Task LoadAsync(SimulatorContext context, CancellationToken cancellationToken)
    {
        await using var transaction = await context.BeginAsync(StripeSimulator.Name, cancellationToken);
        var store = new StripeStore(transaction, cancellationToken);
        if ((await store.AllAsync(Kind, [])).Count == 0)
        {
            await store.SaveAsync(New("we_local", Address, ["*"], firstSecret, transaction.Now.ToUnixTimeSeconds()));
        }

        await LearnAsync(store);
        await transaction.CommitAsync(cancellationToken);
    }

    private static JsonObject New(string id, string url, IEnumerable<string> events, string secret, long now) => new()
    {
        ["id"] = id,
        ["object"] = Kind,
        ["api_version"] = null,
        ["application"] = null,
        ["created"] = now,
        ["description"] = null,
        ["enabled_events"] = new JsonArray([.. events.Select(one => (JsonNode)one)]),
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["status"] = "enabled",
        ["url"] = url,
        [Hidden] = secret,
    };

    /// <summary>Only this answer shows the secret.</summary>
    private async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept("url", "enabled_events", "description", "metadata", "api_version");
        var events = form.Texts("enabled_events");
        if (events.Count == 0)
        {
            throw StripeRefusal.Missing("enabled_events");
        }

        var secret = "whsec_" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 32);
        var endpoint = New(StripeJson.NewId("we"), form.Required("url"), events, secret, call.Now);
        form.MergeMetadata(endpoint);
        form.CopyTexts(endpoint, "description", "api_version");
        await call.Store.SaveAsync(endpoint);
        await LearnAsync(call.Store);
        var shown = StripeJson.Public(endpoint);
        shown["secret"] = secret;
        return shown;
    }

    private async Task<JsonObject> DeleteAsync(StripeCall call)
    {
        var endpoint = await call.Store.GetAsync(Kind, call.Id);
        endpoint["deleted"] = true;
        await call.Store.SaveAsync(endpoint);
        await LearnAsync(call.Store);
        return new() { ["id"] = call.Id, ["object"] = Kind, ["deleted"] = true };
    }

    private async Task LearnAsync(StripeStore store) =>
        secrets = [.. (await store.AllAsync(Kind, [])).Where(endpoint => !endpoint.Flag("deleted")).Select(endpoint => endpoint.Text(Hidden)!)];
}
