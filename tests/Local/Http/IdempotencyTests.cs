namespace ToolboxAI.Tests.Local.Http;

public sealed class IdempotencyTests(PipelineApp app) : IClassFixture<PipelineApp>
{
    private const string Good = """{"plan":"a","count":1}""";
    private readonly (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString());

    [Fact]
    public async Task A_repeated_call_gets_the_first_answer()
    {
        var (first, body) = await Order(Good);
        var (second, repeated) = await Order(Good);
        Assert.Equal((201, 201), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal(body.GetRawText(), repeated.GetRawText());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.True(second.Headers.Contains("Idempotent-Replayed"));
        Assert.NotEqual(first.Headers.GetValues("X-Correlation-ID"), second.Headers.GetValues("X-Correlation-ID"));
    }

    [Theory]
    [InlineData("none", 409)]
    [InlineData("bug", 500)]
    public async Task A_refusal_and_a_failure_are_answers_too(string plan, int status)
    {
        var body = $$"""{"plan":"{{plan}}","count":1}""";
        Assert.Equal(status, (int)(await Order(body)).Answer.StatusCode);
        var runs = app.Probe.Runs;
        var (answer, problem) = await Order(body);
        Assert.Equal((status, runs), ((int)answer.StatusCode, app.Probe.Runs));
        Assert.True(answer.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task An_outage_is_no_answer_and_the_call_may_be_repeated()
    {
        var body = """{"plan":"outage","count":1}""";
        Assert.Equal(503, (int)(await Order(body)).Answer.StatusCode);
        var runs = app.Probe.Runs;
        Assert.Equal(503, (int)(await Order(body)).Answer.StatusCode);
        Assert.Equal(runs + 1, app.Probe.Runs);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await Order(Good);
        await app.Refused(422, "idempotency_key_reused", HttpMethod.Post, "/api/orders", PipelineApp.Demo, """{"plan":"b","count":1}""", key);
        await app.Refused(422, "idempotency_key_reused", HttpMethod.Post, "/api/orders?x=1", PipelineApp.Demo, Good, key);
    }

    [Fact]
    public async Task A_key_belongs_to_one_API_key_and_one_route()
    {
        var (_, first) = await Order(Good);
        var (_, other) = await app.Send(HttpMethod.Post, "/api/orders", PipelineApp.Other, Good, key);
        Assert.Equal(("demo", "other"), (first.GetProperty("tenant").GetString(), other.GetProperty("tenant").GetString()));
        app.Probe.Gate.Release();
        Assert.Equal(200, (int)(await app.Send(HttpMethod.Post, "/api/slow", PipelineApp.Demo, null, key)).Answer.StatusCode);
    }

    [Fact]
    public async Task While_the_first_call_runs_the_second_is_told_so()
    {
        await using var own = new PipelineApp();
        await own.InitializeAsync();
        var first = own.Send(HttpMethod.Post, "/api/slow", PipelineApp.Demo, null, key);
        await own.Probe.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await own.Refused(409, "idempotency_in_progress", HttpMethod.Post, "/api/slow", PipelineApp.Demo, null, key);
        own.Probe.Gate.Release();
        Assert.Equal(200, (int)(await first).Answer.StatusCode);
        Assert.Equal(200, (int)(await own.Send(HttpMethod.Post, "/api/slow", PipelineApp.Demo, null, key)).Answer.StatusCode);
        Assert.Equal(1, own.Probe.Runs);
    }

    [Fact]
    public async Task An_answer_is_kept_for_a_day()
    {
        await using var own = new PipelineApp();
        await own.InitializeAsync();
        await own.Send(HttpMethod.Post, "/api/orders", PipelineApp.Demo, Good, key);
        own.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        await own.Send(HttpMethod.Post, "/api/orders", PipelineApp.Demo, Good, key);
        Assert.Equal(1, own.Probe.Runs);
        own.Clock.Advance(TimeSpan.FromSeconds(1));
        await own.Send(HttpMethod.Post, "/api/orders", PipelineApp.Demo, Good, key);
        Assert.Equal(2, own.Probe.Runs);
    }

    [Fact]
    public async Task A_caller_that_leaves_may_come_again()
    {
        await using var own = new PipelineApp();
        await own.InitializeAsync();
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/slow");
        request.Headers.Authorization = new("Bearer", PipelineApp.Demo);
        request.Headers.Add(key.Item1, key.Item2);
        var left = own.Client.SendAsync(request, leaving.Token);
        await own.Probe.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        own.Probe.Gate.Release(10);
        for (var deadline = DateTime.UtcNow.AddSeconds(30); (int)(await own.Send(HttpMethod.Post, "/api/slow", PipelineApp.Demo, null, key)).Answer.StatusCode != 200;)
        {
            Assert.True(DateTime.UtcNow < deadline);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("tab\there")]
    public async Task A_key_that_can_be_none_is_refused(string given) =>
        await app.Refused(400, "invalid_idempotency_key", HttpMethod.Post, "/api/orders", PipelineApp.Demo, Good, ("Idempotency-Key", given));

    [Fact]
    public async Task A_key_of_more_than_255_characters_is_refused() =>
        await app.Refused(400, "invalid_idempotency_key", HttpMethod.Post, "/api/orders", PipelineApp.Demo, Good, ("Idempotency-Key", new string('k', 256)));

    [Fact]
    public async Task Refusals_of_the_pipeline_are_not_kept()
    {
        await app.Refused(403, "scope_missing", HttpMethod.Post, "/api/orders", PipelineApp.Reader, Good, key);
        Assert.Equal(201, (int)(await Order(Good)).Answer.StatusCode);
    }

    [Fact]
    public async Task A_large_body_counts_too()
    {
        var large = """{"plan":"a","count":1}""" + new string(' ', app.Limits.JsonBodyBytes - 100);
        var (first, _) = await Order(large);
        Assert.Equal(201, (int)first.StatusCode);
        Assert.True((await Order(large)).Answer.Headers.Contains("Idempotent-Replayed"));
        await app.Refused(422, "idempotency_key_reused", HttpMethod.Post, "/api/orders", PipelineApp.Demo, large + " ", key);
        await app.Refused(413, "body_too_large", HttpMethod.Post, "/api/orders", PipelineApp.Demo, large + new string(' ', 200_000), ("Idempotency-Key", Guid.NewGuid().ToString()));
    }

    private Task<(HttpResponseMessage Answer, System.Text.Json.JsonElement Body)> Order(string body) =>
        app.Send(HttpMethod.Post, "/api/orders", PipelineApp.Demo, body, key);
}
