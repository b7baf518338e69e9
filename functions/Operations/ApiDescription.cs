using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Operations;

/// <summary>The OpenAPI 3.1 description of the API, read off the functions themselves: what is not there is not described.</summary>
public static partial class ApiDescription
{
    private const string RoutePrefix = "/api/";             // host.json, extensions.http.routePrefix

    /// <summary>Describes the HTTP functions of an assembly.</summary>
    public static JsonObject Of(Assembly assembly)
    {
        var schemas = new ApiSchemas();
        var paths = new JsonObject();
        foreach (var call in Calls(assembly).OrderBy(call => call.Route, StringComparer.Ordinal))
        {
            var path = RoutePrefix + Constraints().Replace(call.Route, "{$1}");
            var item = paths[path] as JsonObject ?? new JsonObject();
            foreach (var method in call.Methods)
            {
                item[method] = ApiOperation.Of(call, method, schemas);
            }

            paths[path] = item;
        }

        return new()
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "ToolboxAI",
                ["version"] = "1.0.0",
                ["description"] = "Errors are RFC 9457 problems with a stable code. Times are RFC 3339 in UTC. Unsafe calls accept an Idempotency-Key.",
                ["license"] = new JsonObject { ["name"] = "Proprietary", ["identifier"] = "LicenseRef-Proprietary" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = new JsonArray([.. Tags(assembly).Select(tag => new JsonObject { ["name"] = tag, ["description"] = $"The feature {tag}." })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key." },
                    ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key", ["description"] = "An API key." },
                },
                ["schemas"] = schemas.Components,
            },
        };
    }

    /// <summary>The HTTP functions of an assembly.</summary>
    public static IEnumerable<ApiCall> Calls(Assembly assembly) =>
        from type in assembly.GetExportedTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let function = method.GetCustomAttribute<FunctionAttribute>()
        let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(found => found is not null)
        where function is not null && trigger is not null
        select new ApiCall(function.Name, trigger.Route ?? function.Name, trigger.Methods ?? [], method);

    private static IEnumerable<string> Tags(Assembly assembly) => Calls(assembly).Select(call => call.Tag).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\*{0,2}([A-Za-z0-9_]+)[^}]*\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    internal static partial Regex Constraints();
}

/// <summary>An HTTP function.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Route">Without the prefix, with constraints.</param>
/// <param name="Methods">In lower case.</param>
/// <param name="Method">The method that it is.</param>
public sealed record ApiCall(string Name, string Route, IReadOnlyList<string> Methods, MethodInfo Method)
{
    /// <summary>The feature: the last part of the namespace.</summary>
    public string Tag => Method.DeclaringType!.Namespace!.Split('.')[^1];

    /// <summary>Who may call it; null when nobody may.</summary>
    public AccessPolicyAttribute? Policy => Method.GetCustomAttribute<AccessPolicyAttribute>();

    /// <summary>What it is for.</summary>
    public ApiAttribute? Api => Method.GetCustomAttribute<ApiAttribute>();

    /// <summary>Is it a page of a list?</summary>
    public bool IsPaged => Method.IsDefined(typeof(PagedAttribute));

    /// <summary>The names in the route, each with its type in JSON.</summary>
    public IEnumerable<(string Name, string Type)> RouteParameters =>
        ApiDescription.Constraints().Matches(Route).Select(match => (match.Groups[1].Value, match.Value.EndsWith(":int}", StringComparison.Ordinal) ? "integer" : "string"));
}
