using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Deployments;

/// <summary>The manifest's JSON Schema, for editors.</summary>
public sealed class GetManifestSchema
{
    [Function(nameof(GetManifestSchema)), Anonymous("It describes a file format and holds no data."), Api("The JSON Schema of toolbox.yml"), Answers(200, MediaType = "application/schema+json", Example = DeploymentExamples.Schema)]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/deployments/manifest.schema.json")] HttpRequest http) =>
        Results.Text(ManifestSchema.Text, "application/schema+json");
}
