using Microsoft.DurableTask.Client;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>What must hold once all has come to rest.</summary>
public static class DunningInvariants
{
    /// <summary>The violations.</summary>
    public static async Task<IReadOnlyList<string>> Check(World world)
    {
        var broken = new List<string>(world.Simulation.Surprises.Select(surprise => $"unexpected failure: {surprise}"));
        Rest(world, broken);
        foreach (var tenant in (TenantId[])[ProductDatabase.Demo, ProductDatabase.Other])
        {
            var runs = await Runs(world, tenant);
            foreach (var run in runs)
            {
                await Ended(world, run, broken);
                Money(world, run, broken);
                await Mailed(world, tenant, run, broken);
            }

            Pauses(world, runs, broken);
        }

        await NothingForgotten(world, broken);
        return broken;
    }

    /// <summary>All runs of a tenant.</summary>
    public static async Task<IReadOnlyList<DunningRun>> Runs(World world, TenantId tenant)
    {
        await using var work = await world.Stores.Units.Begin(tenant, CancellationToken.None);
        return await world.Stores.Billing.Runs.Page(work, null, null, 1_000, CancellationToken.None);
    }

    private static void Rest(World world, List<string> broken)
    {
        if (world.Simulation.Bus.Count + world.StripePosts.Count + world.MailPosts.Count > 0)
        {
            broken.Add($"stuck: {world.Simulation.Bus.Count} messages, {world.StripePosts.Count} and {world.MailPosts.Count} posts");
        }

        // A dead letter of Stripe's events is mended by the sweep, and what it was about is checked below; a mail's would be lost.
        broken.AddRange(world.Simulation.Bus.DeadLetters(EmailMessage.Queue).Select(letter => $"dead letter: {letter.Body}"));
        broken.AddRange(world.Simulation.Hub.ListSetAsideAsync().Result.Select(work => $"set aside: {work}"));
    }

    private static async Task Ended(World world, DunningRun run, List<string> broken)
    {
        var (invoice, subscription) = (world.Stripe.StatusOf(run.Start.InvoiceId), world.Stripe.StateOf(run.Start.SubscriptionId));
        var fits = run.Status switch
        {
            DunningStatus.Recovered => invoice == InvoiceStatus.Paid,
            DunningStatus.Cancelled => invoice == InvoiceStatus.Void && subscription.Status == "canceled",
            DunningStatus.Suspended => subscription.Paused || invoice == InvoiceStatus.Paid,
            DunningStatus.Uncollectible => invoice is InvoiceStatus.Uncollectible or InvoiceStatus.Paid,
            DunningStatus.Stopped => true,
            _ => false,
        };
        if (!fits)
        {
            broken.Add($"{run.Start.InvoiceId}: {run.Status}, but the invoice is {invoice} and the subscription {subscription}");
        }

        var instance = await world.Simulation.Hub.CreateClient().GetInstanceAsync(run.Start.InstanceId);
        if (instance?.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
        {
            broken.Add($"{run.Start.InstanceId} is {instance?.RuntimeStatus}: {instance?.FailureDetails}");
        }
    }

    /// <summary>What was paid after its run had ended lifts the pause again.</summary>
    private static void Pauses(World world, IReadOnlyList<DunningRun> runs, List<string> broken)
    {
        foreach (var subscription in runs.GroupBy(run => run.Start.SubscriptionId))
        {
            var reasons = subscription.Count(run => run.Status == DunningStatus.Suspended && world.Stripe.StatusOf(run.Start.InvoiceId) != InvoiceStatus.Paid);
            if (world.Stripe.StateOf(subscription.Key) is { Paused: true, Status: not "canceled" } && reasons == 0)
            {
                broken.Add($"{subscription.Key} is paused for nothing");
            }
        }
    }

    private static void Money(World world, DunningRun run, List<string> broken)
    {
        var charges = world.Stripe.Charges.Where(charge => charge.InvoiceId == run.Start.InvoiceId).ToList();
        if (charges.Count(charge => charge.Succeeded) > 1)
        {
            broken.Add($"{run.Start.InvoiceId} was paid {charges.Count(charge => charge.Succeeded)} times");
        }

        // The charge that failed first was Stripe's own; each of ours belongs to a try, and each try charges at most once.
        if (charges.Where(charge => charge.Key is not null).GroupBy(charge => charge.Key).Any(ofTry => ofTry.Count() > 1))
        {
            broken.Add($"{run.Start.InvoiceId}: a try charged twice");
        }

        foreach (var made in run.Tries)
        {
            var charge = charges.Find(charge => charge.Key == run.Start.TryKey(made.Number));
            var fits = made.Result switch
            {
                TryResult.Declined => charge is { Succeeded: false },
                TryResult.Paid => charges.Exists(any => any.Succeeded) || world.Stripe.StatusOf(run.Start.InvoiceId) == InvoiceStatus.Paid,
                _ => true,
            };
            if (!fits)
            {
                broken.Add($"{run.Start.InvoiceId}: try {made.Number} says {made.Result}, its charge says {charge}");
            }
        }

        // Stripe's clock says when the invoice failed, ours, which may be behind, when a person had it tried again a moment later.
        var early = run.Tries.Where(made => made.At < run.Start.FirstFailureAt - SimulatedWorld.MostSkew).ToList();
        if (early.Count > 0 || run.Tries.Select(made => made.Number).Distinct().Count() != run.Tries.Count)
        {
            broken.Add($"{run.Start.InvoiceId}: the tries are in disorder: {string.Join("; ", run.Tries)}");
        }
    }

    private static async Task Mailed(World world, TenantId tenant, DunningRun run, List<string> broken)
    {
        await using var work = await world.Stores.Units.Begin(tenant, CancellationToken.None);
        var mails = await world.Stores.Mails.About(work, run.Start.InvoiceId, CancellationToken.None);
        foreach (var mail in mails)
        {
            var sent = world.MailService.Sent.Count(taken => taken.MailId == mail.Id);
            if (sent > (ToldInTime(world, mail.Id) ? 1 : 2) || sent > 1 + mail.Resends)
            {
                broken.Add($"mail {mail.Id} was sent {sent} times; {mail.Resends} resends are recorded");
            }

            if (sent == 0 && mail.State is not (MailState.Dropped or MailState.Sending))
            {
                broken.Add($"mail {mail.Id} is {mail.State} and was never sent");
            }
        }

        var last = mails.Where(mail => mail.Template is MailTemplate.Recovered or MailTemplate.Cancelled or MailTemplate.Suspended
            or MailTemplate.Uncollectible).Select(mail => mail.Template).ToList();
        string[] expected = run.Status switch
        {
            DunningStatus.Recovered => [MailTemplate.Recovered],
            DunningStatus.Cancelled => [MailTemplate.Cancelled],
            DunningStatus.Suspended => [MailTemplate.Suspended],
            DunningStatus.Uncollectible => [MailTemplate.Uncollectible],
            _ => [],
        };
        if (!last.SequenceEqual(expected))
        {
            broken.Add($"{run.Start.InvoiceId} is {run.Status}, but its last mails are {string.Join(", ", last)}");
        }
    }

    /// <summary>Whether an event told us of a mail before the rules may send it again.</summary>
    private static bool ToldInTime(World world, string mailId)
    {
        var sent = world.MailService.Sent.FirstOrDefault(taken => taken.MailId == mailId).At;
        return world.MailPosts.Accepted.Any(post => post.Key.MailId == mailId && post.Value < sent + MailRules.Silence - TimeSpan.FromMinutes(1));
    }

    /// <summary>Each renewal that failed is dunned; each account shows what Stripe shows.</summary>
    private static async Task NothingForgotten(World world, List<string> broken)
    {
        var failed = world.Stripe.Happenings.Where(happened => happened.Type == "invoice.payment_failed").Select(happened => happened.ObjectId).ToHashSet();
        var dunned = new HashSet<string>();
        foreach (var tenant in (TenantId[])[ProductDatabase.Demo, ProductDatabase.Other])
        {
            dunned.UnionWith((await Runs(world, tenant)).Select(run => run.Start.InvoiceId));
            await using var work = await world.Stores.Units.Begin(tenant, CancellationToken.None);
            var account = await world.Stores.Billing.Accounts.Read(work, CancellationToken.None);
            var state = world.Stripe.StateOf(account.Subscription!.Id).Status;
            if (account.Subscription.Status != state)
            {
                broken.Add($"{tenant}'s subscription is {state}, the account says {account.Subscription.Status}");
            }
        }

        await using var control = await world.Stores.Units.Begin(CancellationToken.None);
        foreach (var happened in world.Stripe.Happenings.Where(happened => StripeEventRules.ObjectOf(happened.Type) is not null))
        {
            var stored = await world.Stores.Inbox.Find(control, StripeEventIntake.Sender, happened.Id, CancellationToken.None);
            if (stored is null or { Outcome: StripeEventOutcome.Queued })
            {
                broken.Add($"{happened} was {(stored is null ? "never taken in" : "never applied")}");
            }
        }

        broken.AddRange((await world.Stores.EventLog.Unfinished(control, DateTimeOffset.MaxValue, 100, CancellationToken.None))
            .Select(left => $"{left} was not applied to its end"));
        broken.AddRange(failed.Where(invoice => !dunned.Contains(invoice) && world.Stripe.StatusOf(invoice) == InvoiceStatus.Open)
            .Select(invoice => $"{invoice} failed and was forgotten"));
    }
}
