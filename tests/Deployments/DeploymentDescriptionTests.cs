using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolboxAI.Functions.Http;
using ToolboxAI.Functions.Operations;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Tests.Deployments;

/// <summary>What the API's description says of deployments.</summary>
public sealed class DeploymentDescriptionTests
{
    private static readonly List<ApiCall> Calls =
        [.. ApiDescription.Calls(typeof(ApiDescription).Assembly).Where(call => call.Method.DeclaringType!.Namespace == typeof(Functions.Deployments.DeploymentFunctions).Namespace)];

    [Fact]
    public void Every_call_has_an_example_of_its_body_and_of_its_answer_and_they_are_what_is_read_and_written()
    {
        Assert.Equal(15, Calls.Count);
        foreach (var call in Calls)
        {
            if (call.Api!.Body is { } body)
            {
                Assert.NotNull(JsonSerializer.Deserialize(call.Api.Example!, body, ApiJson.Requests));
            }

            foreach (var answer in call.Method.GetCustomAttributes<AnswersAttribute>().Where(answer => answer.Status != 204))
            {
                Assert.True(answer.Example is not null, $"{call.Name} shows no answer {answer.Status}.");
                if (answer.Body is { } type)
                {
                    var read = JsonSerializer.Deserialize(answer.Example!, type, ApiJson.Requests);
                    Assert.True(JsonNode.DeepEquals(JsonNode.Parse(answer.Example!), JsonSerializer.SerializeToNode(read, type, ApiJson.Options)), $"{call.Name}: {answer.Example}");
                }
            }
        }
    }

    [Fact]
    public void Reading_writing_and_approving_are_rights_of_their_own()
    {
        var rights = Calls.Where(call => call.Policy is NeedsAttribute).ToLookup(call => ((NeedsAttribute)call.Policy!).Permission, call => call.Name);

        Assert.Equal(["GetDeployment", "GetExperience", "ListDeployments", "StreamDeployment"], rights[Permission.DeploymentsRead].Order(StringComparer.Ordinal));
        Assert.Equal(["ApproveDeployment", "DecideUpload", "RejectDeployment"], rights[Permission.DeploymentsApprove].Order(StringComparer.Ordinal));
        Assert.Equal(7, rights[Permission.DeploymentsWrite].Count());
        Assert.Equal(["deployments:read", "deployments:write", "deployments:approve"], new[] { Permission.DeploymentsRead, Permission.DeploymentsWrite, Permission.DeploymentsApprove }.Select(right => right.Scope()));
    }
}
