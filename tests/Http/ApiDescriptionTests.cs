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
            Assert.All(call.RouteParameters, parameter => Assert.Contains(parameter.Name, parameters));
            Assert.Equal(call.Policy is NeedsAttribute, operation["security"]!.AsArray().Count > 0);
        });
    }

    [Fact]
    public void A_file_its_header_and_a_number_in_the_route_are_described()
    {
        var put = Description["paths"]!["/api/v1/deployment-contents/{sha256}/chunks/{number}"]!["put"]!;
        var parameters = put["parameters"]!.AsArray();
        Assert.Equal("integer", (string?)parameters.Single(one => (string?)one!["name"] == "number")!["schema"]!["type"]);
        Assert.True((bool)parameters.Single(one => (string?)one!["name"] == "X-Chunk-SHA256")!["required"]!);
        Assert.Equal(["application/octet-stream"], put["requestBody"]!["content"]!.AsObject().Select(content => content.Key));
        Assert.NotNull(put["responses"]!["413"]);
        Assert.Equal(["application/json", "application/octet-stream"], Description["paths"]!["/api/v1/scripts/scan"]!["post"]!["requestBody"]!["content"]!.AsObject().Select(content => content.Key));
    }

    [Fact]
    public void Answers_in_several_forms_and_bodies_that_may_be_left_out_are_described()
    {
        var answer = Description["paths"]!["/api/v1/scripts/scan"]!["post"]!["responses"]!["200"]!;
        Assert.Equal(["application/json", "application/sarif+json"], answer["content"]!.AsObject().Select(content => content.Key));
        Assert.False((bool)Description["paths"]!["/api/v1/deployments/{id}/rollback"]!["post"]!["requestBody"]!["required"]!);
        Assert.True((bool)Description["paths"]!["/api/v1/billing/subscription"]!["post"]!["requestBody"]!["required"]!);
    }

    [Fact]
    public void What_a_caller_must_know_of_failures_outside_is_described()
    {
        var answers = Description["paths"]!["/api/v1/billing/subscription"]!["post"]!["responses"]!;
        Assert.Equal(["upstream_refused", "temporarily_unavailable, upstream_unavailable", "upstream_unclear"], new[] { "502", "503", "504" }.Select(status => ((string?)answers[status]?["description"])?.Split(": ")[^1]));
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
