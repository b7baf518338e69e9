using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Identity;

/// <summary>Gives a Studio plugin something to carry that is worth little: it may scan scripts, for an hour.</summary>
public sealed class CreateToken(AccessTokens tokens)
{
    [Function(nameof(CreateToken)), Needs(Permission.ScriptsScan)]
    [Api("A token for a Studio plugin: it may scan scripts, for an hour"), Answers(201, typeof(AccessToken)), Refuses(403, "token_not_renewable")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tokens")] HttpRequest http, CancellationToken ct)
    {
        if (http.Caller().ByToken)
        {
            return new TokenNotRenewable().ToProblem();
        }

        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Json(await tokens.Issue(http.Caller(), Permission.ScriptsScan, ct), statusCode: StatusCodes.Status201Created);
    }
}
