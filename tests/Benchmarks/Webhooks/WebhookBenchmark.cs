using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Webhooks;

/// <summary>
/// Stripe's events per second, from the request until they are applied (signature, inbox, outbox, queue, a reading at Stripe, the tenant's
/// account under its lock, consumer's inbox), beside commits of one row per second of the same PostgreSQL: of one customer, whose
/// events can share what they read and lock, and of a thousand, whose events cannot.
/// </summary>
internal static class WebhookBenchmark
{
    private const int Clients = 160;                  // as many as make two thousand a second at less than a tenth of a second each
    private const int Connections = 16;
    private const int Customers = 1_000;
    private const int WarmUp = 80_000;                // until the just-in-time compiler has come to rest
    private const int WarmUpEach = 20 * Customers;    // until each account is as Stripe says, and each connection has prepared what each tenant's events need
    private const string OneRow =
        "INSERT INTO toolbox.inbox (sender, event_id, type, outcome, received_at) VALUES ('benchmark', $1::int || '-' || $2::bigint || $3, 'row', 'ignored', '2026-01-31')";
    private static readonly TimeSpan CommitsFor = TimeSpan.FromSeconds(3);

    public static async Task Run(Results results, int events)
    {
        await using var services = await Services.StartAsync();
        await using var application = await RunningApplication.StartAsync(attach: services.File);
        await using var database = NpgsqlDataSource.Create(services.Setting("DatabaseConnection"));
        var customers = await WebhookCustomers.StartAsync(services, application);
        var processor = new ProcessorTime(
            new Dictionary<string, int> { ["application"] = application.Process.Id, ["simulators"] = services.ProcessId, ["load generator"] = Environment.ProcessId },
            new Dictionary<string, (int, string)> { ["PostgreSQL"] = (services.ProcessId, "postgres") });
        var load = new WebhookLoad(application, database, processor, Clients);

        await Commits.MustBeDurable(database);
        await load.Run("warm", WarmUp, customers.OfFirst);
        await AnalyzeAsync(services);
        await Beside("Stripe's events", "run", customers.OfFirst);

        await customers.CopyAsync(Customers);
        await load.Run("warmeach", WarmUpEach, customers.OfCopies);
        await Beside($"events of {Customers:N0} customers", "each", customers.OfCopies);

        async Task Beside(string what, string name, Func<int, Happening> happening)
        {
            var before = await CommitsPerSecond(database, $"before {name}");
            var outcome = await load.Run(name, events, happening);
            Add(results, what, events, outcome, (before + await CommitsPerSecond(database, $"after {name}")) / 2);
        }
    }

    /// <summary>What autovacuum does in a database's first minute: until then statements are planned for tables that were empty.</summary>
    private static async Task AnalyzeAsync(Services services)
    {
        await using var migrator = NpgsqlDataSource.Create(services.MigratorConnection);
        await using var analyze = migrator.CreateCommand("ANALYZE toolbox.inbox, toolbox.outbox, toolbox.handled_messages");
        await analyze.ExecuteNonQueryAsync();
    }

    private static void Add(Results results, string what, int events, WebhookOutcome outcome, double commits)
    {
        var beside = $"one-row commits, {Connections} connections";
        results.Add(new("webhooks", $"{what} accepted, {Clients} clients", "a second", outcome.Accepted.PerSecond, beside, commits));
        results.Add(new("webhooks", $"{what} accepted, p99", "ms", outcome.Accepted.At(0.99)));
        results.Add(new("webhooks", $"{what} applied, from the first request to the last", "a second", events / outcome.Applied.TotalSeconds, beside, commits, "≥ 0.5"));
        results.Add(new("webhooks", $"{what}, from arrival to applied, p99", "ms", outcome.Late));
        foreach (var (who, used) in outcome.Processor)
        {
            results.Add(new("webhooks", $"{what}, processor time of the {who}", "ms an event", used));
        }
    }

    private static Task<double> CommitsPerSecond(NpgsqlDataSource database, string name) =>
        Commits.PerSecond(database, Connections, CommitsFor, OneRow.Replace("$3", $"'{name}'", StringComparison.Ordinal));
}
