using ToolboxAI.Local.Simulators;

namespace ToolboxAI.Tests.Local.Stripe;

public sealed class IdempotencyKeyTests
{
    [Fact]
    public async Task A_repeated_key_gets_the_first_answer_and_has_no_second_effect()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);

        var first = await http.PostAsync("/v1/customers", "email=a@b.example&name=A", "k1");
        var again = await http.PostAsync("/v1/customers", "name=A&email=a@b.example", "k1");

        Assert.Equal(first.Id, again.Id);
        Assert.Null(first.Header("Idempotent-Replayed"));
        Assert.Equal("true", again.Header("Idempotent-Replayed"));
        Assert.Equal(first.Header("Request-Id"), again.Header("Original-Request"));
        Assert.Equal("k1", again.Header("Idempotency-Key"));
        Assert.Equal(1, (await http.GetAsync("/v1/customers")).Body.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task A_key_with_other_parameters_or_at_another_endpoint_is_an_idempotency_error()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        await http.PostAsync("/v1/customers", "name=A", "k1");

        var other = await http.PostAsync("/v1/customers", "name=B", "k1");
        var elsewhere = await http.PostAsync("/v1/products", "name=A", "k1");

        Assert.Equal((400, "idempotency_error"), (other.Status, other.Error.GetProperty("type").GetString()));
        Assert.Contains("can only be used with the same parameters they were first used with", other.Error.GetProperty("message").GetString());
        Assert.Equal((400, "idempotency_error"), (elsewhere.Status, elsewhere.Error.GetProperty("type").GetString()));
        Assert.Contains("'/v1/customers'", elsewhere.Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_declined_payment_is_kept_and_repeated_under_its_key_and_tried_again_under_another()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        const string Form = "amount=100&currency=usd&payment_method=pm_card_chargeDeclinedProcessingError&confirm=true";

        var first = await http.PostAsync("/v1/payment_intents", Form, "k1");
        var again = await http.PostAsync("/v1/payment_intents", Form, "k1");
        var other = await http.PostAsync("/v1/payment_intents", Form, "k2");

        Assert.Equal([402, 402, 402], [first.Status, again.Status, other.Status]);
        Assert.Equal(first.Error.GetProperty("charge").GetString(), again.Error.GetProperty("charge").GetString());
        Assert.NotEqual(first.Error.GetProperty("charge").GetString(), other.Error.GetProperty("charge").GetString());
        Assert.Equal(2, (await http.GetAsync("/v1/charges")).Body.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task A_request_refused_for_its_parameters_is_not_kept()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);

        var refused = await http.PostAsync("/v1/customers", "colour=red", "k1");
        var corrected = await http.PostAsync("/v1/customers", "name=red", "k1");

        Assert.Equal(400, refused.Status);
        Assert.Equal(200, corrected.Status);
    }

    [Fact]
    public async Task A_server_error_is_kept_for_a_day_of_the_moved_clock_and_then_the_key_is_new()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        await world.FaultAsync(FaultKinds.Status, "POST /v1/customers", 500);

        var failed = await http.PostAsync("/v1/customers", "name=A", "k1");
        await world.AdvanceAsync(TimeSpan.FromHours(23.9));
        var replayed = await http.PostAsync("/v1/customers", "name=A", "k1");
        await world.AdvanceAsync(TimeSpan.FromHours(0.2));
        var anew = await http.PostAsync("/v1/customers", "name=A", "k1");

        Assert.Equal((500, "api_error"), (failed.Status, failed.Error.GetProperty("type").GetString()));
        Assert.Equal((500, "true"), (replayed.Status, replayed.Header("Idempotent-Replayed")));
        Assert.Equal("false", replayed.Header("Stripe-Should-Retry"));
        Assert.Equal(200, anew.Status);
    }

    [Fact]
    public async Task A_key_whose_first_request_still_runs_is_a_conflict()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        await world.FaultAsync(FaultKinds.Latency, "POST /v1/customers", 1500);

        var slow = http.PostAsync("/v1/customers", "name=A", "k1");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var conflict = await http.PostAsync("/v1/customers", "name=A", "k1");
        var done = await slow;
        var replayed = await http.PostAsync("/v1/customers", "name=A", "k1");

        Assert.Equal((409, "idempotency_key_in_use"), (conflict.Status, conflict.Error.GetProperty("code").GetString()));
        Assert.Equal(200, done.Status);
        Assert.Equal(done.Id, replayed.Id);
    }

    [Fact]
    public async Task A_lost_answer_had_its_effect_and_the_key_tells()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        await world.FaultAsync(FaultKinds.LostAnswer, "POST /v1/customers");

        await Assert.ThrowsAsync<HttpRequestException>(() => http.PostAsync("/v1/customers", "name=A", "k1"));
        Assert.Equal(1, (await http.GetAsync("/v1/customers")).Body.GetProperty("data").GetArrayLength());
        var told = await http.PostAsync("/v1/customers", "name=A", "k1");

        Assert.Equal("true", told.Header("Idempotent-Replayed"));
        Assert.Equal("A", told.Text("name"));
        Assert.Equal(1, (await http.GetAsync("/v1/customers")).Body.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task A_key_is_ignored_on_a_read_and_on_a_deletion()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        var customer = await http.PostAsync("/v1/customers", "", "k1");

        Assert.Equal(200, (await http.GetAsync($"/v1/customers/{customer.Id}")).Status);
        Assert.Equal(200, (await http.DeleteAsync($"/v1/customers/{customer.Id}")).Status);
        Assert.Equal(404, (await http.DeleteAsync($"/v1/customers/{customer.Id}")).Status);
    }
}
