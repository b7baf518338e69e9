using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Email;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>The product's database and the stores on it, in memory or in PostgreSQL.</summary>
/// <param name="Units">Its transactions.</param>
/// <param name="Outbox">The outbox's rows.</param>
/// <param name="Inbox">The webhooks' inbox.</param>
/// <param name="Handled">The consumers' inbox.</param>
/// <param name="EventLog">What was taken in and what was applied.</param>
/// <param name="Billing">Billing's stores.</param>
/// <param name="Mails">The mails.</param>
/// <param name="InMemory">Nothing waits for anything but other invocations.</param>
public sealed record Stores(
    IUnitOfWorkFactory Units,
    IOutboxStore Outbox,
    IInbox Inbox,
    IHandledMessages Handled,
    IStripeEventLog EventLog,
    BillingStores Billing,
    IMailStore Mails,
    bool InMemory)
{
    /// <summary>An empty database in memory.</summary>
    public static Stores Memory() => new(
        new InMemoryDatabase(ProductDatabase.Demo, ProductDatabase.Other),
        new InMemoryOutboxStore(),
        new InMemoryInbox(),
        new InMemoryHandledMessages(),
        new InMemoryStripeEventLog(),
        new(new InMemoryBillingAccounts(), new InMemoryDunningRuns(), new InMemoryDunningPolicies()),
        new InMemoryMailStore(),
        InMemory: true);

    /// <summary>The stores on a PostgreSQL database.</summary>
    public static Stores Postgres(ProductDatabase database) => new(
        database.Units,
        new PostgresOutboxStore(),
        new PostgresInbox(),
        new PostgresHandledMessages(),
        new PostgresStripeEventLog(),
        new(new PostgresBillingAccounts(), new PostgresDunningRuns(), new PostgresDunningPolicies()),
        new PostgresMailStore(),
        InMemory: false);
}
