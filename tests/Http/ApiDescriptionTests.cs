using System.Text.Json.Nodes;
using ToolboxAI.Functions.Http;
using ToolboxAI.Functions.Operations;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Tests.Http;

public sealed class ApiDescriptionTests
{
    private static readonly JsonObject Description = ApiDescription.Of(typeof(ApiDescription).Assembly);

    public static TheoryData<string> Calls => [.. ApiDescription.Calls(typeof(ApiDescription).Assembly).Select(call => call.Name)];

    [Theory, MemberData(nameof(Calls))]
    public void Every_function_is_described(string name)
    {
        var call = ApiDescription.Calls(typeof(ApiDescription).Assembly).Single(call => call.Name == name);
        var path = "/api/" + System.Text.RegularExpressions.Regex.Replace(call.Route, @"\{(\w+)[^}]*\}", "{$1}");
        Assert.NotEmpty(call.Methods);
        Assert.All(call.Methods, method =>
        {
            var operation = Assert.IsType<JsonObject>(Description["paths"]![path]![method]);
            Assert.NotEqual(call.Name, (string?)operation["summary"]);
            Assert.Contains(operation["responses"]!.AsObject(), response => response.Key[0] == '2');
            var parameters = operation["parameters"]!.AsArray().Select(parameter => (string?)parameter!["name"]).ToList();
            Assert.All(call.RouteParameters, parameter => Assert.Contains(parameter, parameters));
            Assert.Equal(call.Policy is NeedsAttribute, operation["security"]!.AsArray().Count > 0);
        });
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        var references = Nodes(Description).OfType<JsonObject>().Where(node => node["$ref"] is JsonValue).Select(node => (string)node["$ref"]!).Distinct().ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(reference.Split('/')[1..].Aggregate((JsonNode?)Description, (node, part) => node?[part])));
    }

    [Fact]
    public void Names_of_operations_are_unique()
    {
        var ids = Description["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => (string?)operation.Value!["operationId"]).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void Problems_are_described_as_they_are_answered()
    {
        var problem = Description["components"]!["schemas"]![nameof(Problem)]!["properties"]!.AsObject().Select(field => field.Key);
        Assert.Equal(["type", "title", "status", "detail", "code", "correlationId"], problem);
    }

    private static IEnumerable<JsonNode?> Nodes(JsonNode? node) => node switch
    {
        JsonObject parent => parent.SelectMany(child => Nodes(child.Value)).Prepend(parent),
        JsonArray list => list.SelectMany(Nodes).Prepend(list),
        _ => [node],
    };
}
