namespace ToolboxAI.Tests.Local.Http;

public sealed class CorrelationTests(PipelineApp app) : IClassFixture<PipelineApp>
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task The_caller_s_id_comes_back_and_stands_on_every_log_line_and_message()
    {
        var id = $"call-{Guid.NewGuid()}";
        var (answer, _) = await app.Send(HttpMethod.Post, "/api/open", null, null, ("X-Correlation-ID", id), ("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"));
        Assert.Equal([id], answer.Headers.GetValues("X-Correlation-ID"));
        var line = Assert.Single(app.Log.Lines, line => line.Line == "Probed" && Equals(line.Scope.GetValueOrDefault("CorrelationId"), id));
        Assert.Equal(Trace, line.Scope["TraceId"]);
        var message = Assert.Single(app.Sent, message => message.CorrelationId == id);
        Assert.Contains(Trace, message.Traceparent);
    }

    [Fact]
    public async Task A_call_without_an_id_gets_one_of_its_own()
    {
        var first = Assert.Single((await app.Send(HttpMethod.Post, "/api/open", null)).Answer.Headers.GetValues("X-Correlation-ID"));
        var second = Assert.Single((await app.Send(HttpMethod.Post, "/api/open", null)).Answer.Headers.GetValues("X-Correlation-ID"));
        Assert.StartsWith("cor_", first);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData("has space")]
    [InlineData("semi;colon")]
    [InlineData("")]
    [InlineData("a,b")]
    public async Task An_id_that_could_forge_log_lines_is_replaced(string id) =>
        Assert.StartsWith("cor_", Assert.Single((await app.Send(HttpMethod.Post, "/api/open", null, null, ("X-Correlation-ID", id))).Answer.Headers.GetValues("X-Correlation-ID")));

    [Fact]
    public async Task An_id_may_have_128_characters()
    {
        Assert.Equal([new string('a', 128)], (await app.Send(HttpMethod.Post, "/api/open", null, null, ("X-Correlation-ID", new string('a', 128)))).Answer.Headers.GetValues("X-Correlation-ID"));
        Assert.StartsWith("cor_", (await app.Send(HttpMethod.Post, "/api/open", null, null, ("X-Correlation-ID", new string('a', 129)))).Answer.Headers.GetValues("X-Correlation-ID").Single());
    }

    [Fact]
    public async Task A_message_s_handling_goes_on_with_the_id_of_the_call_that_sent_it()
    {
        var id = $"call-{Guid.NewGuid()}";
        await app.Consume($"from {id}", $"00-{Trace}-00f067aa0ba902b7-01", null, ("CorrelationId", id), ("MessageId", "msg_1"));
        Assert.Contains(app.Log.Lines, line => line.Line == "Probed" && Equals(line.Scope.GetValueOrDefault("CorrelationId"), id) && Equals(line.Scope["TraceId"], Trace));
        Assert.Equal(id, Assert.Single(app.Sent, message => message.Body.Contains(id, StringComparison.Ordinal)).CorrelationId);
    }

    [Fact]
    public async Task What_an_orchestration_runs_finds_the_id_in_its_trace_state()
    {
        var id = $"call-{Guid.NewGuid()}";
        await app.Consume($"by {id}", $"00-{Trace}-00f067aa0ba902b7-01", $"other=1,toolboxai={id}");
        Assert.Equal(id, Assert.Single(app.Sent, message => message.Body.Contains(id, StringComparison.Ordinal)).CorrelationId);
    }

    [Fact]
    public async Task Without_an_id_the_trace_names_the_invocation()
    {
        var body = Guid.NewGuid().ToString();
        await app.Consume(body, $"00-{Trace}-00f067aa0ba902b7-01", "toolboxai=not valid");
        Assert.Equal(Trace, Assert.Single(app.Sent, message => message.Body.Contains(body, StringComparison.Ordinal)).CorrelationId);
    }

    [Fact]
    public async Task The_key_and_the_tenant_stand_on_log_lines_and_the_secret_never()
    {
        var id = $"call-{Guid.NewGuid()}";
        await app.Send(HttpMethod.Post, "/api/orders", PipelineApp.Other, """{"plan":"bug","count":1}""", ("X-Correlation-ID", id));
        var lines = app.Log.Lines.Where(line => Equals(line.Scope.GetValueOrDefault("CorrelationId"), id)).ToList();
        var probed = Assert.Single(lines, line => line.Line == "Probed");
        Assert.Equal(("key_other", "other"), (probed.Scope["ApiKeyId"], probed.Scope["Tenant"]));
        Assert.All(app.Log.Lines, line => Assert.DoesNotContain(PipelineApp.Other, line.Line + string.Join(' ', line.Scope.Values)));
    }
}
