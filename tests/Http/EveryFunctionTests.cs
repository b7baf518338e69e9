using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Functions.Operations;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Http;

/// <summary>What every HTTP function does alike, whichever functions there are: on the running application.</summary>
public sealed class EveryFunctionTests
{
    private const string Demo = "tbx_local_development_key";
    private const string Approver = "tbx_local_approver_key";
    private const string Operator = "tbx_local_operator_key";

    /// <summary>Every function with each of its methods.</summary>
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
    public async Task A_call_without_a_key_is_refused_unless_the_policy_opens_it(string name, string method)
    {
        var call = Find(name);
        var (status, code) = await Send(call, method, null);
        switch (call.Policy)
        {
            case NeedsAttribute:
                Assert.Equal((401, "key_missing"), (status, code));
                break;
            case SignedWebhookAttribute:
                Assert.Equal(400, status);
                break;
            case AnonymousAttribute:
                Assert.InRange(status, 200, 299);
                break;
            default:
                Assert.Fail($"{name} declares no access policy.");
                break;
        }
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task A_key_of_the_wrong_kind_is_refused(string name, string method)
    {
        if (Find(name) is not { Policy: NeedsAttribute needs } call)
        {
            return;
        }

        Assert.Equal((401, "key_invalid"), await Send(call, method, "tbx_unknown"));
        var wrong = needs.Permission == Permission.Operate ? Demo : Operator;
        Assert.Equal((403, "scope_missing"), await Send(call, method, wrong));
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task A_body_that_can_not_be_read_is_refused(string name, string method)
    {
        if (Find(name) is not { Api.Body: not null } call)
        {
            return;
        }

        var key = (call.Policy as NeedsAttribute)?.Permission switch
        {
            Permission.Operate => Operator,
            Permission.DeploymentsApprove => Approver,
            _ => Demo,
        };
        Assert.Equal((400, "malformed_body"), await Send(call, method, key, "{"));
        Assert.Equal((400, "malformed_body"), await Send(call, method, key, """{"noSuchField":1}"""));
        Assert.Equal((400, "invalid_text"), await Send(call, method, key, """{"a":"\u0000"}"""));
        if (call.Api.FileType is not null)
        {
            return;         // it takes other types, and more
        }

        Assert.Equal((415, "unsupported_media_type"), await Send(call, method, key, "{}", "text/plain"));
        var tooLarge = name == "PlanDeployment" ? 1_100_000 : 70_000;       // a manifest may be longer than other bodies
        Assert.Equal((413, "body_too_large"), await Send(call, method, key, new string(' ', tooLarge)));
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task Another_method_is_not_found(string name, string method)
    {
        var call = Find(name);
        var known = ApiDescription.Calls(typeof(ApiDescription).Assembly).Where(other => Takes(other.Route, Shape(call.Route))).SelectMany(other => other.Methods);
        var unknown = new[] { "get", "post", "put", "delete", "patch" }.Except(known).First();
        Assert.NotEqual(unknown, method);
        Assert.Equal((404, null), await Send(call, unknown, Demo));
    }

    private static ApiCall Find(string name) => ApiDescription.Calls(typeof(ApiDescription).Assembly).Single(call => call.Name == name);

    private static string Shape(string route) =>
        Regex.Replace(route, @"\{[^}]*?(?<number>:int)?\}", parameter => parameter.Groups["number"].Success ? "1" : "x", RegexOptions.None, TimeSpan.FromSeconds(1));

    /// <summary>Would a route take this path? Also one with a parameter where the path has a word.</summary>
    private static bool Takes(string route, string path) =>
        Regex.IsMatch(path, $"^{Regex.Replace(route, @"\{[^}]*\}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(1))}$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static async Task<(int Status, string? Code)> Send(ApiCall call, string method, string? key, string body = "{}", string contentType = "application/json")
    {
        var application = await RunningApplication.SharedAsync();
        using var request = new HttpRequestMessage(new(method.ToUpperInvariant()), "/api/" + Shape(call.Route));
        if (method != "get")
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        }

        request.Headers.Authorization = key is null ? null : new("Bearer", key);
        using var answer = await application.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return ((int)answer.StatusCode, null);
        }

        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(["type", "title", "status", "detail", "code", "correlationId"], problem.EnumerateObject().Select(field => field.Name));
        Assert.Equal(answer.Headers.GetValues("X-Correlation-ID"), [problem.GetProperty("correlationId").GetString()!]);
        return ((int)answer.StatusCode, problem.GetProperty("code").GetString());
    }
}
