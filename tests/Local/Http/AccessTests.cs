using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Local.Http;

public sealed class AccessTests(PipelineApp app) : IClassFixture<PipelineApp>
{
    private static readonly string Good = """{"plan":"a","count":1}""";

    [Fact]
    public async Task The_key_says_whose_call_it_is()
    {
        Assert.Equal("demo", (await app.Send(HttpMethod.Post, "/api/orders", PipelineApp.Demo, Good)).Body.GetProperty("tenant").GetString());
        Assert.Equal("other", (await app.Send(HttpMethod.Post, "/api/orders", PipelineApp.Other, Good)).Body.GetProperty("tenant").GetString());
    }

    [Theory]
    [InlineData("X-Api-Key", PipelineApp.Demo)]
    [InlineData("x-api-key", PipelineApp.Demo)]
    [InlineData("Authorization", "bearer " + PipelineApp.Demo)]
    [InlineData("authorization", "BEARER  " + PipelineApp.Demo)]
    public async Task The_key_comes_in_either_header(string header, string value) =>
        Assert.Equal(201, (int)(await app.Send(HttpMethod.Post, "/api/orders", null, Good, (header, value))).Answer.StatusCode);

    [Fact]
    public async Task Without_a_key_nothing_is_done()
    {
        var (answer, _) = await app.Send(HttpMethod.Post, "/api/orders", null, Good);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        await app.Refused(401, "key_missing", HttpMethod.Post, "/api/orders", null, Good);
        await app.Refused(401, "key_missing", HttpMethod.Post, "/api/orders", null, Good, ("Authorization", "Basic dGJ4X2RlbW86"));
        await app.Refused(401, "key_missing", HttpMethod.Post, "/api/orders", null, Good, ("Authorization", "Bearer "));
        await app.Refused(401, "key_missing", HttpMethod.Post, "/api/orders?code=tbx_demo&key=tbx_demo", null, Good);
    }

    [Theory]
    [InlineData("tbx_unknown")]
    [InlineData("TBX_DEMO")]
    [InlineData("tbx_demo'--")]
    [InlineData("' OR '1'='1")]
    [InlineData(PipelineApp.Expired)]
    [InlineData(PipelineApp.Revoked)]
    public async Task A_key_that_is_not_good_is_refused_without_saying_why(string key) =>
        await app.Refused(401, "key_invalid", HttpMethod.Post, "/api/orders", null, Good, ("X-Api-Key", key));

    [Fact]
    public async Task A_key_that_is_far_too_long_is_refused() =>
        await app.Refused(401, "key_invalid", HttpMethod.Post, "/api/orders", null, Good, ("X-Api-Key", new string('k', 5000)));

    [Fact]
    public async Task A_key_without_the_scope_is_refused() =>
        await app.Refused(403, "scope_missing", HttpMethod.Post, "/api/orders", PipelineApp.Reader, Good);

    [Fact]
    public async Task An_operator_has_no_tenant_s_rights_and_a_tenant_no_operator_s()
    {
        await app.Refused(403, "scope_missing", HttpMethod.Post, "/api/orders", PipelineApp.Operator, Good);
        await app.Refused(403, "scope_missing", HttpMethod.Get, "/api/operate", PipelineApp.TenantWithOperatorScope);
        await app.Refused(403, "scope_missing", HttpMethod.Get, "/api/operate", PipelineApp.Demo);
        Assert.Equal(200, (int)(await app.Send(HttpMethod.Get, "/api/operate", PipelineApp.Operator)).Answer.StatusCode);
    }

    [Fact]
    public async Task A_tenant_that_owes_an_invoice_that_was_given_up_reaches_billing_only_until_it_is_paid()
    {
        Assert.Equal(200, (int)(await app.Send(HttpMethod.Post, "/api/scans", PipelineApp.Other)).Answer.StatusCode);
        var accounts = new InMemoryBillingAccounts();
        var withdraw = new WithdrawAccess(new InMemoryStripe(app.Clock), app.Database, accounts, new(new(TimeProvider.System)), app.Clock, NullLogger<WithdrawAccess>.Instance);
        await withdraw.Run(new(ProductDatabase.Other, "in_1"), TestContext.Current.CancellationToken);
        await app.Refused(403, "access_withdrawn", HttpMethod.Post, "/api/scans", PipelineApp.Other);
        Assert.Equal(201, (int)(await app.Send(HttpMethod.Post, "/api/orders", PipelineApp.Other, Good)).Answer.StatusCode);
        Assert.Equal(200, (int)(await app.Send(HttpMethod.Get, "/api/orders", PipelineApp.Other)).Answer.StatusCode);

        await using (var work = await app.Database.Begin(ProductDatabase.Other, TestContext.Current.CancellationToken))
        {
            await accounts.RestoreAccess(work, [new(work.Tenant!.Value, "in_1")], TestContext.Current.CancellationToken);
            await work.Commit(TestContext.Current.CancellationToken);
        }

        Assert.Equal(200, (int)(await app.Send(HttpMethod.Post, "/api/scans", PipelineApp.Other)).Answer.StatusCode);
    }

    [Fact]
    public async Task A_key_is_refused_from_the_moment_of_its_expiry_however_lately_it_was_found_good()
    {
        var own = new PipelineApp();
        await own.InitializeAsync();
        await using (own)
        {
            Assert.Equal(200, (int)(await own.Send(HttpMethod.Get, "/api/orders")).Answer.StatusCode);
            own.Clock.Advance(TimeSpan.FromDays(100));
            await own.Refused(401, "key_invalid", HttpMethod.Get, "/api/orders");
        }
    }

    [Theory]
    [InlineData("/api/no-policy")]
    [InlineData("/api/two-policies")]
    public async Task A_function_that_does_not_say_who_may_call_it_is_open_to_nobody(string path)
    {
        var before = app.Probe.Runs;
        await app.Refused(403, "no_access_policy", HttpMethod.Get, path);
        await app.Refused(403, "no_access_policy", HttpMethod.Get, path, PipelineApp.Operator);
        Assert.Equal(before, app.Probe.Runs);
    }

    [Fact]
    public async Task Open_calls_and_webhooks_need_no_key()
    {
        Assert.Equal(200, (int)(await app.Send(HttpMethod.Post, "/api/open", null)).Answer.StatusCode);
        Assert.Equal(200, (int)(await app.Send(HttpMethod.Post, "/api/webhook", null, "{}")).Answer.StatusCode);
    }
}
