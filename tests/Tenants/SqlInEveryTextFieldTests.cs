using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ToolboxAI.Functions.Operations;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Tenants;

/// <summary>SQL in every text that a caller can send, to every function there is: nothing breaks, nothing of another tenant comes back.</summary>
public sealed class SqlInEveryTextFieldTests
{
    private const string Demo = "tbx_local_development_key";
    private const string Operator = "tbx_local_operator_key";

    private static readonly string[] Texts =
    [
        "'; DROP SCHEMA tenant_other CASCADE; --",
        "' OR '1'='1",
        "x' UNION SELECT billing_email FROM toolbox.tenants --",
        "'; RESET ROLE; SET ROLE tenant_other; SELECT * FROM billing_account; --",
        "$$; SELECT pg_sleep(5); --",
        "\\'; SELECT 1; --",
        "tenant_other.billing_account",
        "@tenant",
        "%' --",
        "{0}{{1}}\"';\r\n\t",
    ];

    public static TheoryData<string, string> Calls
    {
        get
        {
            var calls = new TheoryData<string, string>();
            foreach (var call in ApiDescription.Calls(typeof(ApiDescription).Assembly))
            {
                foreach (var method in call.Methods)
                {
                    calls.Add(call.Name, method);
                }
            }

            return calls;
        }
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task SQL_in_a_text_is_only_text(string name, string method)
    {
        var call = ApiDescription.Calls(typeof(ApiDescription).Assembly).Single(call => call.Name == name);
        var application = await RunningApplication.SharedAsync();
        foreach (var text in Texts)
        {
            foreach (var request in Requests(call, method, text))
            {
                request.Headers.Authorization = new("Bearer", call.Policy is NeedsAttribute { Permission: Permission.Operate } ? Operator : Demo);
                using var answer = await application.Http.SendAsync(request, TestContext.Current.CancellationToken);
                var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.True((int)answer.StatusCode < 500, $"{method} {request.RequestUri} with {text}: {said}");
                Assert.DoesNotContain("other.example", said);
                request.Dispose();
            }
        }

        Assert.Equal("ready", (string?)(await application.Http.GetFromJsonAsync<JsonObject>("/api/health/ready", TestContext.Current.CancellationToken))!["status"]);
    }

    /// <summary>One request for each place where the call takes a text.</summary>
    private static IEnumerable<HttpRequestMessage> Requests(ApiCall call, string method, string text)
    {
        var verb = new HttpMethod(method.ToUpperInvariant());
        var escaped = Uri.EscapeDataString(text);
        var plain = Route(call.Route, "nothing");
        var body = call.Api is { Body: not null, Example: { } example } ? JsonNode.Parse(example)!.AsObject() : null;

        yield return new(verb, Route(call.Route, escaped)) { Content = Json(body) };
        string[] queries = [.. call.Method.GetCustomAttributes(typeof(Functions.Http.QueryAttribute), false).Cast<Functions.Http.QueryAttribute>().Select(query => query.Name), "cursor", "limit", escaped];
        foreach (var query in queries)
        {
            yield return new(verb, $"{plain}?{query}={escaped}") { Content = Json(body) };
        }

        foreach (var header in new[] { "Idempotency-Key", "X-Correlation-ID" })
        {
            var request = new HttpRequestMessage(verb, plain) { Content = Json(body) };
            request.Headers.TryAddWithoutValidation(header, new string([.. text.Where(c => !char.IsControl(c))]) + method);
            yield return request;
        }

        foreach (var field in body?.Where(field => field.Value is JsonValue value && value.TryGetValue<string>(out _)).Select(field => field.Key).ToList() ?? [])
        {
            var changed = body!.DeepClone().AsObject();
            changed[field] = text;
            yield return new(verb, plain) { Content = Json(changed) };
        }
    }

    private static string Route(string route, string value) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/{Regex.Replace(route, @"\{[^}]*\}", value.Replace("$", "$$"), RegexOptions.None, TimeSpan.FromSeconds(1))}");

    private static JsonContent? Json(JsonObject? body) => body is null ? null : JsonContent.Create(body);
}
