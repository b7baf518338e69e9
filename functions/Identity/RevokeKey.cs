using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Identity;

/// <summary>Takes a key back, for operators, by its id or by the SHA-256 of its secret in hexadecimal digits. Takes a good second: it answers when no instance takes the key any more.</summary>
public sealed class RevokeKey(KeyRevocation keys)
{
    [Function(nameof(RevokeKey)), Needs(Permission.Operate)]
    [Api("Revokes an API key: once answered, no instance takes it any more"), Answers(200, typeof(RevokedKey))]
    [Refuses(404, "key_not_found"), Refuses(409, "last_operator_key")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/keys/{id}/revoke")] HttpRequest http, string id, CancellationToken ct)
    {
        var (key, refusal) = await keys.Revoke(id, ct);
        return refusal is null ? Results.Ok(key) : refusal.ToProblem();
    }
}
