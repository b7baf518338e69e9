using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Operations;

/// <summary>One call in the API's description.</summary>
internal static class ApiOperation
{
    public static JsonObject Of(ApiCall call, string method, ApiSchemas schemas)
    {
        var operation = new JsonObject
        {
            ["operationId"] = call.Methods.Count == 1 ? Camel(call.Name) : $"{Camel(call.Name)}_{method}",
            ["summary"] = call.Api?.Summary ?? call.Name,
            ["tags"] = new JsonArray(call.Tag),
            ["parameters"] = Parameters(call, method),
        };
        if (Taken(call, schemas) is { Count: > 0 } taken)
        {
            operation["requestBody"] = new JsonObject { ["required"] = call.Api!.NeedsBody, ["content"] = taken };
        }

        operation["responses"] = Responses(call, method, schemas);
        operation["security"] = call.Policy is NeedsAttribute needs
            ? new JsonArray(Scheme("bearer", needs), Scheme("apiKey", needs))
            : new JsonArray();
        if (call.Policy is SignedWebhookAttribute webhook)
        {
            operation["description"] = $"Called by {webhook.Sender}; the body is signed.";
        }

        return operation;
    }

    /// <summary>What the call takes as its body, by media type.</summary>
    private static JsonObject Taken(ApiCall call, ApiSchemas schemas)
    {
        var content = new JsonObject();
        if (call.Api?.Body is { } body)
        {
            var json = new JsonObject { ["schema"] = schemas.Of(body) };
            if (call.Api.Example is { } example)
            {
                json["example"] = JsonNode.Parse(example);
            }

            content["application/json"] = json;
        }

        if (call.Api?.FileType is { } file)
        {
            content[file] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["contentMediaType"] = file } };
        }

        return content;
    }

    private static JsonObject Scheme(string name, NeedsAttribute needs) => new() { [name] = new JsonArray(needs.Permission.Scope()) };

    private static JsonArray Parameters(ApiCall call, string method)
    {
        var parameters = new JsonArray();
        foreach (var (name, type) in call.RouteParameters)
        {
            parameters.Add(Parameter("path", name, type == "integer" ? "A number." : "From an earlier answer.", new() { ["type"] = type }, required: true));
        }

        foreach (var header in call.Method.GetCustomAttributes<HeaderAttribute>())
        {
            parameters.Add(Parameter("header", header.Name, header.Description, new() { ["type"] = "string" }, required: true));
        }

        foreach (var query in call.Method.GetCustomAttributes<QueryAttribute>())
        {
            parameters.Add(Parameter("query", query.Name, query.Description, ApiSchemas.Inline(query.Type)));
        }

        if (call.IsPaged)
        {
            parameters.Add(Parameter("query", "cursor", "The nextCursor of the page before.", new() { ["type"] = "string" }));
            parameters.Add(Parameter("query", "limit", "The most items of a page.", new()
            {
                ["type"] = "integer",
                ["minimum"] = 1,
                ["maximum"] = Paging.MaxLimit,
                ["default"] = Paging.DefaultLimit,
            }));
        }

        parameters.Add(Parameter("header", Correlation.Header, "Names the call in logs; made when it is missing.", new() { ["type"] = "string" }));
        if (call.Policy is NeedsAttribute && method != "get")
        {
            parameters.Add(Parameter("header", IdempotencyMiddleware.Header, "Repeating the call with the same key gives the first answer again, for 24 hours.", new()
            {
                ["type"] = "string",
                ["maxLength"] = 255,
            }));
        }

        return parameters;
    }

    private static JsonObject Parameter(string place, string name, string description, JsonObject schema, bool required = false) =>
        new() { ["name"] = name, ["in"] = place, ["required"] = required, ["description"] = description, ["schema"] = schema };

    private static JsonObject Responses(ApiCall call, string method, ApiSchemas schemas)
    {
        var responses = new SortedDictionary<int, JsonObject>();
        foreach (var answer in call.Method.GetCustomAttributes<AnswersAttribute>())
        {
            var response = Response(answer.Status, [], Content(answer, schemas), answer.Example);
            if (!responses.TryAdd(answer.Status, response) && response["content"] is JsonObject other)
            {
                foreach (var (type, content) in other.ToList())
                {
                    responses[answer.Status]["content"]![type] = content!.DeepClone();
                }
            }
        }

        var problems = Problems(call, method).Concat(call.Method.GetCustomAttributes<RefusesAttribute>().SelectMany(refusal => refusal.Codes.Select(code => (refusal.Status, code))));
        foreach (var status in problems.GroupBy(problem => problem.Item1, problem => problem.Item2))
        {
            if (!responses.ContainsKey(status.Key))
            {
                responses[status.Key] = Response(status.Key, [.. status.Distinct()], ("application/problem+json", schemas.Of(typeof(Problem))));
            }
        }

        return new(responses.Select(response => KeyValuePair.Create(response.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)response.Value)));
    }

    private static IEnumerable<(int, string)> Problems(ApiCall call, string method)
    {
        yield return (400, "invalid_text");
        if (call.Policy is NeedsAttribute needs)
        {
            yield return (401, "key_missing");
            yield return (401, "key_invalid");
            yield return (403, "scope_missing");
            if (needs.Permission != Permission.Operate && !needs.Permission.IsForBilling())
            {
                yield return (403, "access_withdrawn");
            }

            yield return (429, "rate_limited");
            if (method != "get")
            {
                yield return (400, "invalid_idempotency_key");
                yield return (409, "idempotency_in_progress");
                yield return (422, "idempotency_key_reused");
            }
        }

        if (call.IsPaged)
        {
            yield return (400, "invalid_cursor");
            yield return (400, "invalid_parameter");
        }

        if (call.Api is { Body: not null } or { FileType: not null })
        {
            yield return (413, "body_too_large");
        }

        if (call.Api?.Body is not null)
        {
            yield return (400, "malformed_body");
            if (call.Api.FileType is null)
            {
                yield return (415, "unsupported_media_type");
            }
        }

        yield return (500, "internal_error");
        if (call.Policy is NeedsAttribute or SignedWebhookAttribute)
        {
            // Of the database, and of what holds the keys.
            yield return (502, "upstream_refused");
            yield return (503, "temporarily_unavailable");
            yield return (503, "upstream_unavailable");
        }
    }

    private static (string Type, JsonObject Schema)? Content(AnswersAttribute answer, ApiSchemas schemas) =>
        answer.Body is not null ? ("application/json", schemas.Of(answer.Body))
        : answer.MediaType is { } type ? (type, new() { ["type"] = type.EndsWith("json", StringComparison.Ordinal) ? "object" : "string" })
        : null;

    private static JsonObject Response(int status, List<string> codes, (string Type, JsonObject Schema)? body, string? example = null)
    {
        var response = new JsonObject
        {
            ["description"] = codes.Count == 0 ? ReasonPhrases.GetReasonPhrase(status) : $"{ReasonPhrases.GetReasonPhrase(status)}: {string.Join(", ", codes)}",
            ["headers"] = new JsonObject { [Correlation.Header] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } },
        };
        if (body is var (type, schema))
        {
            var content = new JsonObject { ["schema"] = schema };
            if (example is not null)
            {
                content["example"] = type.EndsWith("json", StringComparison.Ordinal) ? JsonNode.Parse(example) : JsonValue.Create(example);
            }

            response["content"] = new JsonObject { [type] = content };
        }

        return response;
    }

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
