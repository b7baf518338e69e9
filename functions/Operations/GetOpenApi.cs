using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Operations;

/// <summary>The API's description.</summary>
public sealed class GetOpenApi
{
    private static readonly Lazy<string> Description = new(() => ApiDescription.Of(typeof(GetOpenApi).Assembly).ToJsonString(ApiJson.Options));

    [Function(nameof(GetOpenApi)), Anonymous("It describes the API and holds no data."), Api("The description of this API"), Answers(200, MediaType = "application/json")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/openapi.json")] HttpRequest http) =>
        Results.Text(Description.Value, "application/json");
}
