using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Subscriptions over HTTP, and how their status follows their invoices.</summary>
internal static class Subscriptions
{
    public const string Kind = "subscription";

    private static readonly string[] Accepted =
    [
        "cancel_at_period_end", "collection_method", "days_until_due", "default_payment_method", "description", "items", "metadata", "off_session",
        "payment_behavior", "payment_settings", "proration_behavior", "trial_end",
    ];

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/subscriptions", SubscriptionStart.CreateAsync);
        routes.Get("/v1/subscriptions", ListAsync);
        routes.Get("/v1/subscriptions/{id}", call => call.Store.GetAsync(Kind, call.Id));
        routes.Post("/v1/subscriptions/{id}", UpdateAsync);
        routes.Delete("/v1/subscriptions/{id}", CancelAsync);
    }

    public static bool IsOver(JsonObject subscription) => subscription.Text("status") is "canceled" or "incomplete_expired";

    /// <summary>The subscription that an invoice belongs to.</summary>
    public static string? OfInvoice(JsonObject invoice) => invoice["parent"]?["subscription_details"].Text("subscription");

    /// <summary>What a subscription to a price contains.</summary>
    public static JsonObject WithPrice(string price) => new()
    {
        ["items"] = new JsonObject { ["data"] = new JsonArray(new JsonObject { ["price"] = new JsonObject { ["id"] = price } }) },
    };

    /// <summary>Applies what both a new and a changed subscription take.</summary>
    public static async Task ApplyAsync(StripeCall call, JsonObject subscription)
    {
        var form = call.Form;
        form.CopyTexts(subscription, "description");
        form.MergeMetadata(subscription);
        if (form.TextOrNull("default_payment_method") is { } method)
        {
            await PaymentMethods.OfCustomerAsync(call, method, subscription.Text("customer")!, "default_payment_method");
        }

        form.CopyTexts(subscription, "default_payment_method");
        if (form.Flag("cancel_at_period_end") is { } atEnd)
        {
            subscription["cancel_at_period_end"] = atEnd;
            subscription["cancel_at"] = atEnd ? SubscriptionBuilder.PeriodEnd(subscription).ToUnixTimeSeconds() : null;
            subscription["canceled_at"] = atEnd ? call.Now : null;
            subscription.Child("cancellation_details")["reason"] = atEnd ? "cancellation_requested" : null;
        }

        if (form.Has("collection_method"))
        {
            subscription["collection_method"] = form.OneOf("collection_method", "charge_automatically", "charge_automatically", "send_invoice");
            subscription["days_until_due"] = form.Integer("days_until_due");
        }

        if (form.Child("payment_settings")?.TextOrNull("save_default_payment_method") is { } save)
        {
            subscription.Child("payment_settings")["save_default_payment_method"] = save;
        }
    }

    /// <summary>
    /// Brings the status in line after something happened to an invoice. An incomplete subscription waits for its first
    /// invoice; later the status follows the latest invoice that was not voided.
    /// </summary>
    public static async Task FollowInvoiceAsync(StripeWork work, JsonObject invoice)
    {
        if (OfInvoice(invoice) is not { } id || await work.Store.FindAsync(Kind, id) is not { } subscription || IsOver(subscription))
        {
            return;
        }

        var status = subscription.Text("status") == "incomplete" ? AfterFirst(invoice) : await AfterLatestAsync(work, subscription);
        if (status is null || status == subscription.Text("status"))
        {
            return;
        }

        var before = subscription.Copy();
        subscription["status"] = status;
        if (status == "incomplete_expired")
        {
            subscription["ended_at"] = work.Now;
            await work.UnscheduleAsync(Renewals.Renew, id);
        }

        if (before.Text("status") == "incomplete")
        {
            await work.UnscheduleAsync(Renewals.ExpireIncomplete, id);
        }

        await work.Store.SaveAsync(subscription);
        await work.EmitAsync("customer.subscription.updated", subscription, before);
    }

    /// <summary>Ends a subscription now: nothing renews, and its open invoices are no longer collected.</summary>
    public static async Task EndAsync(StripeWork work, JsonObject subscription, string reason)
    {
        if (IsOver(subscription))
        {
            return;
        }

        subscription["status"] = "canceled";
        subscription["canceled_at"] ??= work.Now;
        subscription["ended_at"] = work.Now;
        subscription.Child("cancellation_details")["reason"] = reason;
        await work.Store.SaveAsync(subscription);
        foreach (var kind in new[] { Renewals.Renew, Renewals.ExpireIncomplete, Renewals.ResumeCollection })
        {
            await work.UnscheduleAsync(kind, subscription.Id());
        }

        foreach (var invoice in await InvoicesOfAsync(work, subscription.Id()))
        {
            if (invoice.Text("status") is "draft" or "open")
            {
                invoice["auto_advance"] = false;
                invoice["automatically_finalizes_at"] = null;
                invoice["next_payment_attempt"] = null;
                await work.Store.SaveAsync(invoice);
                await work.UnscheduleAsync(Renewals.FinalizeInvoice, invoice.Id());
            }
        }

        await work.EmitAsync("customer.subscription.deleted", subscription);
    }

    private static async Task<JsonObject> UpdateAsync(StripeCall call)
    {
        var form = call.Form.Accept([.. Accepted, "cancellation_details", "pause_collection"]);
        var subscription = await call.Store.GetAsync(Kind, call.Id);
        if (IsOver(subscription) && form.Names.Except(["metadata", "cancellation_details", "expand"]).Any())
        {
            throw StripeRefusal.Invalid("A canceled subscription can only update its cancellation_details and metadata.", began: true);
        }

        var before = subscription.Copy();
        await ApplyAsync(call, subscription);
        form.Child("cancellation_details")?.CopyTexts(subscription.Child("cancellation_details"), "comment", "feedback");
        await SubscriptionItems.ApplyAsync(call, subscription, form.List("items"));
        await PauseAsync(call, subscription);
        if (form.TextOrNull("trial_end") == "now" && subscription.Text("status") == "trialing")
        {
            subscription["trial_end"] = call.Now;
            await call.ScheduleAsync(Renewals.Renew, subscription.Id(), DateTimeOffset.FromUnixTimeSeconds(call.Now));
        }

        await call.Store.SaveAsync(subscription);
        await call.EmitAsync("customer.subscription.updated", subscription, before);
        return subscription;
    }

    private static async Task PauseAsync(StripeCall call, JsonObject subscription)
    {
        if (!call.Form.Has("pause_collection"))
        {
            return;
        }

        await call.UnscheduleAsync(Renewals.ResumeCollection, subscription.Id());
        if (call.Form.Child("pause_collection") is not { } pause)
        {
            subscription["pause_collection"] = null;
            return;
        }

        pause.Required("behavior");
        var resumes = pause.Integer("resumes_at");
        subscription["pause_collection"] = new JsonObject
        {
            ["behavior"] = pause.OneOf("behavior", "void", "keep_as_draft", "mark_uncollectible", "void"),
            ["resumes_at"] = resumes,
        };
        if (resumes is { } at)
        {
            await call.ScheduleAsync(Renewals.ResumeCollection, subscription.Id(), DateTimeOffset.FromUnixTimeSeconds(at));
        }
    }

    private static async Task<JsonObject> CancelAsync(StripeCall call)
    {
        var form = call.Form.Accept("cancellation_details", "invoice_now", "prorate");
        var subscription = await call.Store.GetAsync(Kind, call.Id);
        if (IsOver(subscription))
        {
            throw StripeRefusal.NoSuch(Kind, call.Id);
        }

        form.Child("cancellation_details")?.CopyTexts(subscription.Child("cancellation_details"), "comment", "feedback");
        await EndAsync(call, subscription, "cancellation_requested");
        return subscription;
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        var form = call.Form.Accept(
            "collection_method", "created", "current_period_end", "current_period_start", "customer", "limit", "starting_after", "ending_before", "price", "status");
        var with = form.Filter("collection_method", "customer");

        if (form.TextOrNull("price") is { } price)
        {
            with["items"] = WithPrice(price)["items"]!.DeepClone();
        }

        string[] live = ["active", "incomplete", "past_due", "paused", "trialing", "unpaid"];
        string[] statuses = form.TextOrNull("status") switch
        {
            null => live,
            "all" => [],
            "ended" => ["canceled", "incomplete_expired"],
            var one => [one],
        };
        return call.Store.PageAsync(
            "/v1/subscriptions", Kind, form, with, statuses.Length == 0 ? null : statuses.Select(s => new JsonObject { ["status"] = s }).ToList());
    }

    private static string? AfterFirst(JsonObject invoice) => invoice.Text("status") switch
    {
        "paid" => "active",
        "void" => "incomplete_expired",
        _ => null,
    };

    private static async Task<string?> AfterLatestAsync(StripeWork work, JsonObject subscription)
    {
        var latest = (await InvoicesOfAsync(work, subscription.Id())).FirstOrDefault(i => i.Text("status") is not ("draft" or "void"));
        return latest?.Text("status") switch
        {
            "open" => latest.Flag("attempted") ? "past_due" : null,
            _ => subscription.Text("status") == "past_due" ? "active" : null,
        };
    }

    private static Task<IReadOnlyList<JsonObject>> InvoicesOfAsync(StripeWork work, string subscription) =>
        work.Store.AllAsync(Invoices.Kind, new() { ["parent"] = Invoices.OfSubscription(subscription) });
}
