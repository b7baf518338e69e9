using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Webhooks;

/// <summary>Something that Stripe tells: an event's type, and the object that it is about, in Stripe's form.</summary>
internal sealed record Happening(string Type, string About);

/// <summary>
/// Customers that have subscribed and paid, each of a tenant of its own: the first really does, the others are copies of it, at Stripe
/// and with us.
/// </summary>
internal sealed class WebhookCustomers(Services services, Happening[] first)
{
    private const int TenantsAtOnce = 50;         // each is a schema: more would take more locks than a transaction may have

    /// <summary>The kinds of objects that belong to a customer; prices and products belong to all.</summary>
    private const string Copied =
        "('customer', 'payment_method', 'subscription', 'invoice', 'invoice_payment', 'invoiceitem', 'payment_intent', 'charge')";

    private int copies;

    /// <summary>Has the first customer subscribe.</summary>
    public static async Task<WebhookCustomers> StartAsync(Services services, RunningApplication application)
    {
        using var subscribe = new HttpRequestMessage(HttpMethod.Post, "/api/v1/billing/subscription")
        {
            Content = new StringContent("""{"plan":"school-monthly","paymentMethod":"pm_card_visa"}""", Encoding.UTF8, "application/json"),
            Headers = { { "X-Api-Key", "tbx_local_development_key" } },
        };
        using var answer = await application.Http.SendAsync(subscribe);
        answer.EnsureSuccessStatusCode();
        using var stripe = new HttpClient
        {
            BaseAddress = new(services.Setting("Stripe__ApiBase")),
            DefaultRequestHeaders = { Authorization = new("Bearer", "sk_test_local") },
        };
        return new(services, [await Newest("invoice.paid", "invoices"), await Newest("customer.subscription.updated", "subscriptions"), await Newest("customer.updated", "customers")]);

        async Task<Happening> Newest(string type, string path)
        {
            var newest = JsonNode.Parse(await stripe.GetStringAsync($"/v1/{path}?limit=1"))!["data"]![0]!;
            var about = new JsonObject { ["id"] = (string)newest["id"]!, ["object"] = (string)newest["object"]!, ["customer"] = (string?)newest["customer"] };
            return new(type, about.ToJsonString());
        }
    }

    /// <summary>What is told of the first customer, in turns: of its invoice, its subscription and itself.</summary>
    public Happening OfFirst(int number) => first[number % first.Length];

    /// <summary>What is told of the copies, in turns: so many events in a row are of as many customers.</summary>
    public Happening OfCopies(int number)
    {
        var told = first[number / copies % first.Length];
        return told with { About = IdsOf(first).Aggregate(told.About, (about, id) => about.Replace($"\"{id}\"", $"\"{id}_{(number % copies) + 1}\"", StringComparison.Ordinal)) };
    }

    /// <summary>Copies the first customer until there are so many.</summary>
    public async Task CopyAsync(int count)
    {
        await using var migrator = NpgsqlDataSource.Create(services.MigratorConnection);
        for (var from = copies + 1; from <= count; from += TenantsAtOnce)
        {
            await Run(migrator, "SELECT toolbox.create_tenant('bench_' || n, 'Bench', 'bench@example', '2026-01-01') FROM generate_series($1::int, $2::int) n", from, Math.Min(from + TenantsAtOnce - 1, count));
        }

        await using var application = NpgsqlDataSource.Create(services.Setting("DatabaseConnection"));
        await Run(application, """
            INSERT INTO toolbox.stripe_customers (customer_id, tenant)
            SELECT customer_id || '_' || n, 'bench_' || n FROM toolbox.stripe_customers, generate_series($1::int, $2::int) n WHERE tenant = 'demo'
            """, copies + 1, count);
        await using var stripe = NpgsqlDataSource.Create(services.Setting("ToolboxLocal__Database"));
        await Run(stripe, $"""
            WITH own AS (SELECT id, object, body::text AS body, number FROM simulators.stripe_objects WHERE object IN {Copied} AND id !~ '_.*_'),
                 ids AS (SELECT '"(' || string_agg(id, '|') || ')"' AS any_id FROM own)
            INSERT INTO simulators.stripe_objects (id, object, body)
            SELECT id || '_' || n, object, regexp_replace(body, any_id, '"\1_' || n || '"', 'g')::jsonb
            FROM own, ids, generate_series($1::int, $2::int) n ORDER BY n, number
            """, copies + 1, count);
        copies = count;
    }

    private static IEnumerable<string> IdsOf(Happening[] happenings) =>
        happenings.Select(one => JsonNode.Parse(one.About)!).SelectMany(about => new[] { (string?)about["id"], (string?)about["customer"] }).OfType<string>().Distinct();

    private static async Task Run(NpgsqlDataSource database, string sql, int from, int to)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        await command.ExecuteNonQueryAsync();
    }
}
