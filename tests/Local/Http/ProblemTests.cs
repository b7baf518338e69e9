using System.Net.Http.Headers;
using System.Text;

namespace ToolboxAI.Tests.Local.Http;

public sealed class ProblemTests(PipelineApp app) : IClassFixture<PipelineApp>
{
    [Theory]
    [InlineData("bug", 500, "internal_error")]
    [InlineData("Transient", 503, "upstream_unavailable")]
    [InlineData("Permanent", 502, "upstream_refused")]
    [InlineData("Unclear", 504, "upstream_unclear")]
    public async Task What_a_function_throws_becomes_a_problem_without_details(string how, int status, string code) =>
        await app.Refused(status, code, HttpMethod.Get, $"/api/fail/{how}", null);

    [Fact]
    public async Task A_refusal_becomes_a_problem_with_its_code()
    {
        var problem = await app.Refused(409, "no_stock", HttpMethod.Post, "/api/orders", json: """{"plan":"none","count":1}""");
        Assert.Equal("There is none left.", problem.GetProperty("detail").GetString());
        Assert.Equal("urn:toolboxai:problem:no_stock", problem.GetProperty("type").GetString());
        Assert.Equal("Conflict", problem.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("{", "line 1")]
    [InlineData("[]", "$")]
    [InlineData("null", "null")]
    [InlineData("nonsense", "line 1")]
    [InlineData("{\"plan\":\"a\",\n\"count\":\"1\"}", "$.count, line 2")]
    [InlineData("{\"plan\":\"a\",\n\"count\":1.5}", "$.count, line 2")]
    [InlineData("{\"plan\":\"a\",\"count\":99999999999}", "$.count")]
    [InlineData("{\"plan\":null,\"count\":1}", "$.plan")]
    [InlineData("{\"plan\":\"a\"}", "plan, count")]
    [InlineData("{\"plan\":\"a\",\"count\":1,\"tenant\":\"other\"}", "$.tenant")]
    [InlineData("{\"plan\":\"a\",\"Count\":1}", "$.Count")]
    [InlineData("{\"plan\":\"a\",\"plan\":\"b\",\"count\":1}", "twice")]
    [InlineData("{\"plan\":\"a\",\"count\":1} x", "line 1")]
    [InlineData("{\"plan\":\"a\",\"count\":1,\"at\":\"2026-01-01\"}", "$.at")]
    [InlineData("{\"plan\":\"a\",\"count\":1,\"at\":\"2026-01-01T00:00:00\"}", "$.at")]
    public async Task A_body_that_is_not_what_the_call_expects_is_refused_with_the_place(string body, string where)
    {
        var before = app.Probe.Runs;
        var problem = await app.Refused(400, "malformed_body", HttpMethod.Post, "/api/orders", json: body);
        Assert.Contains(where, problem.GetProperty("detail").GetString());
        Assert.DoesNotContain("ToolboxAI", problem.ToString());
        Assert.DoesNotContain("System.", problem.ToString());
        Assert.Equal(before, app.Probe.Runs);
    }

    [Theory]
    [InlineData("{\"plan\":\"a\\u0000b\",\"count\":1}", "NUL")]
    [InlineData("{\"pl\\u0000an\":\"a\",\"count\":1}", "NUL")]
    [InlineData("{\"plan\":\"\\ud800\",\"count\":1}", "Unicode")]
    public async Task Text_that_can_not_be_stored_is_refused(string body, string why) =>
        Assert.Contains(why, (await app.Refused(400, "invalid_text", HttpMethod.Post, "/api/orders", json: body)).GetProperty("detail").GetString());

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders");
        request.Headers.Authorization = new("Bearer", PipelineApp.Demo);
        request.Content = new ByteArrayContent([.. Encoding.UTF8.GetBytes("{\"plan\":\""), 0xC3, 0x28, .. Encoding.UTF8.GetBytes("\",\"count\":1}")]);
        request.Content.Headers.ContentType = new("application/json");
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_text_may_be_as_long_as_the_limit_and_no_longer()
    {
        Assert.Equal(201, (int)(await app.Send(HttpMethod.Post, "/api/orders", json: Order(app.Limits.TextLength))).Answer.StatusCode);
        await app.Refused(400, "invalid_text", HttpMethod.Post, "/api/orders", json: Order(app.Limits.TextLength + 1));

        static string Order(int length) => $$"""{"plan":"{{new string('p', length)}}","count":1}""";
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_whether_its_length_is_told_or_not()
    {
        var big = new string(' ', app.Limits.JsonBodyBytes) + "{}";
        await app.Refused(413, "body_too_large", HttpMethod.Post, "/api/orders", json: big);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent(big, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = new("Bearer", PipelineApp.Demo);
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(413, (int)answer.StatusCode);
        await app.Refused(413, "body_too_large", HttpMethod.Post, "/api/webhook", null, new string(' ', 1001));
        Assert.Equal(1000, (await app.Send(HttpMethod.Post, "/api/webhook", null, new string(' ', 1000))).Body.GetInt32());
    }

    [Theory]
    [InlineData("text/plain", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData(null, false)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/vnd.order+json", true)]
    public async Task Only_JSON_is_read(string? contentType, bool accepted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent("""{"plan":"a","count":1}""") };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        request.Headers.Authorization = new("Bearer", PipelineApp.Demo);
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(accepted ? 201 : 415, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/api/orders?status=%00", "invalid_text")]
    [InlineData("/api/orders?a%00b=1", "invalid_text")]
    [InlineData("/api/orders?cursor=!!", "invalid_cursor")]
    [InlineData("/api/orders?cursor=AA", "invalid_cursor")]
    [InlineData("/api/orders?limit=0", "invalid_parameter")]
    [InlineData("/api/orders?limit=201", "invalid_parameter")]
    [InlineData("/api/orders?limit=ten", "invalid_parameter")]
    [InlineData("/api/orders?limit=-1", "invalid_parameter")]
    public async Task A_parameter_that_the_call_can_not_use_is_refused(string path, string code) =>
        await app.Refused(400, code, HttpMethod.Get, path);

    [Fact]
    public async Task A_parameter_that_is_too_long_is_refused() =>
        await app.Refused(400, "invalid_text", HttpMethod.Get, "/api/orders/" + new string('n', app.Limits.TextLength + 1));

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        var (_, first) = await app.Send(HttpMethod.Get, "/api/orders?limit=2");
        Assert.Equal("[1,2]", first.GetProperty("items").GetRawText());
        var (_, second) = await app.Send(HttpMethod.Get, $"/api/orders?limit=2&cursor={first.GetProperty("nextCursor").GetString()}");
        Assert.Equal("[3,4]", second.GetProperty("items").GetRawText());
    }
}
