using System.Text.Json;
using Stripe;
using ToolboxAI.Local.Installation;
using ToolboxAI.Local.Simulators;

namespace ToolboxAI.Tests.Local.Stripe;

public sealed class EventDeliveryTests
{
    [Fact]
    public async Task An_event_arrives_signed_with_machine_time_and_is_in_the_list_of_events()
    {
        await using var world = await StripeWorld.StartAsync();
        await world.AdvanceAsync(TimeSpan.FromDays(100));
        var customer = await world.Client.V1.Customers.CreateAsync(new() { Name = "A" }, new() { IdempotencyKey = "k1" }, TestContext.Current.CancellationToken);
        await world.SettleAsync();

        var told = Assert.Single(world.Received).Event;

        Assert.Equal(EventTypes.CustomerCreated, told.Type);
        Assert.Equal(customer.Id, Assert.IsType<Customer>(told.Data.Object).Id);
        Assert.Equal("2026-07-29.dahlia", told.ApiVersion);
        Assert.Equal("k1", told.Request.IdempotencyKey);
        Assert.StartsWith("req_", told.Request.Id);
        Assert.True(told.Created > DateTime.UtcNow.AddDays(99), "an event's time is the moved clock's");
        using var http = new StripeHttp(world.Address);
        var listed = await http.GetAsync("/v1/events?type=customer.created");
        Assert.Equal(told.Id, listed.Body.GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_refused_event_comes_again_after_the_waits_of_live_mode_until_it_is_taken()
    {
        await using var world = await StripeWorld.StartAsync();
        world.Answer = _ => 500;
        await world.Client.V1.Customers.CreateAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        await world.SettleAsync();
        Assert.Single(world.Received);

        await world.AdvanceAsync(TimeSpan.FromMinutes(4.9));
        Assert.Single(world.Received);
        await world.AdvanceAsync(TimeSpan.FromMinutes(0.2));
        Assert.Equal(2, world.Received.Count);
        await world.AdvanceAsync(TimeSpan.FromHours(8));
        Assert.Equal(5, world.Received.Count);
        world.Answer = _ => 200;
        await world.AdvanceAsync(TimeSpan.FromDays(10));

        Assert.Equal(6, world.Received.Count);
        Assert.Single(world.Received.Select(w => w.Event.Id).Distinct());
    }

    [Fact]
    public async Task What_nobody_foresaw_delays_deliveries_and_does_not_end_them()
    {
        await using var world = await StripeWorld.StartAsync();
        await world.StopApplicationAsync();
        await using (var broken = await InstallationSession.JoinAsync(world.Session.ConnectionString, "application", TestContext.Current.CancellationToken))
        {
            await broken.AnnounceAsync("application", "no address", TestContext.Current.CancellationToken);
            await world.Client.V1.Customers.CreateAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
            await world.StartApplicationAsync();
        }

        await world.SettleAsync();

        Assert.Single(world.Received);
    }

    [Fact]
    public async Task After_three_days_an_event_is_given_up_and_still_found_among_the_undelivered()
    {
        await using var world = await StripeWorld.StartAsync();
        world.Answer = _ => 302;
        await world.Client.V1.Customers.CreateAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        await world.AdvanceAsync(TimeSpan.FromDays(10));

        Assert.Equal(10, world.Received.Count);
        using var http = new StripeHttp(world.Address);
        Assert.Equal(1, await CountAsync(http, "/v1/events?delivery_success=false"));
        Assert.Equal(0, await CountAsync(http, "/v1/events?delivery_success=true"));
    }

    [Fact]
    public async Task Events_wait_for_an_application_that_is_down_and_for_services_that_restart()
    {
        await using var world = await StripeWorld.StartAsync();
        await world.StopApplicationAsync();
        await world.Client.V1.Customers.CreateAsync(new() { Name = "A" }, cancellationToken: TestContext.Current.CancellationToken);
        await world.SettleAsync();

        await world.RestartServicesAsync();
        await world.StartApplicationAsync();
        await world.AdvanceAsync(TimeSpan.FromMinutes(6));

        Assert.Equal(EventTypes.CustomerCreated, Assert.Single(world.Received).Event.Type);
        Assert.Equal("A", (await world.Client.V1.Customers.ListAsync(cancellationToken: TestContext.Current.CancellationToken)).Data.Single().Name);
    }

    [Fact]
    public async Task A_renewal_that_came_due_while_the_services_were_down_is_stamped_with_its_due_time()
    {
        await using var world = await StripeWorld.StartAsync();
        var subscription = await world.SubscribeAsync((await world.CustomerAsync()).Id);
        await world.RestartServicesAsync();
        await world.AdvanceAsync(TimeSpan.FromDays(40));

        var renewed = (await world.Client.V1.Invoices.ListAsync(new() { Subscription = subscription.Id }, cancellationToken: TestContext.Current.CancellationToken)).Data[0];
        Assert.Equal(subscription.Items.Data[0].CurrentPeriodEnd, renewed.Created);
        Assert.Equal("paid", renewed.Status);
    }

    [Fact]
    public async Task A_duplicated_event_arrives_again_with_the_same_id()
    {
        await using var world = await StripeWorld.StartAsync();
        await world.FaultAsync(FaultKinds.DuplicateEvent, "customer.created", 2);
        await world.Client.V1.Customers.CreateAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        await world.Client.V1.Customers.CreateAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        await world.SettleAsync();

        Assert.Equal([3, 1], world.Received.GroupBy(w => w.Event.Id).Select(g => g.Count()));
    }

    [Fact]
    public async Task A_dropped_event_never_arrives_but_is_listed()
    {
        await using var world = await StripeWorld.StartAsync();
        await world.FaultAsync(FaultKinds.DropEvent, "POST /v1/customers");
        await world.Client.V1.Customers.CreateAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        await world.AdvanceAsync(TimeSpan.FromDays(5));

        Assert.Empty(world.Received);
        using var http = new StripeHttp(world.Address);
        Assert.Equal(1, await CountAsync(http, "/v1/events?delivery_success=false&types[]=customer.created&types[]=customer.deleted"));
    }

    [Fact]
    public async Task Reordered_events_arrive_after_those_that_followed_them_and_in_reverse()
    {
        await using var world = await StripeWorld.StartAsync();
        await world.FaultAsync(FaultKinds.ReorderEvents, "customer.created", 60, times: 2);
        foreach (var name in new[] { "a", "b", "c" })
        {
            await world.Client.V1.Customers.CreateAsync(new() { Name = name }, cancellationToken: TestContext.Current.CancellationToken);
        }

        await world.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(["c", "b", "a"], world.Received.Select(w => ((Customer)w.Event.Data.Object).Name));
    }

    [Fact]
    public async Task What_one_request_changed_is_told_with_what_it_was_before()
    {
        await using var world = await StripeWorld.StartAsync();
        var customer = await world.CustomerAsync();
        await world.Client.V1.Customers.UpdateAsync(customer.Id, new() { Name = "B" }, cancellationToken: TestContext.Current.CancellationToken);
        await world.Client.V1.Customers.UpdateAsync(customer.Id, new() { Name = "B" }, cancellationToken: TestContext.Current.CancellationToken);
        await world.SettleAsync();

        var updates = world.Received.Where(w => w.Event.Type == EventTypes.CustomerUpdated).ToList();
        Assert.Equal(2, updates.Count);
        using var told = JsonDocument.Parse(updates[1].Body);
        var before = told.RootElement.GetProperty("data").GetProperty("previous_attributes").EnumerateObject().Single();
        Assert.Equal(("name", JsonValueKind.Null), (before.Name, before.Value.ValueKind));
    }

    private static async Task<int> CountAsync(StripeHttp http, string path) => (await http.GetAsync(path)).Body.GetProperty("data").GetArrayLength();
}
