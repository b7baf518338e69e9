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
    public async Task The_key_and_the_tenant_stand_on_log_lines_and_the_secret_never()
    {
        await app.Send(HttpMethod.Post, "/api/orders", PipelineApp.Other, """{"plan":"bug","count":1}""");
        Assert.DoesNotContain(app.Log.Lines, line => line.Line.Contains("Bearer", StringComparison.Ordinal));
    }
}
