using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Secrets;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Functions.Secrets;

/// <summary>A rotation to start.</summary>
/// <param name="Value">The new value, for a secret that its issuer does not make for us; it goes to the vault and nowhere else.</param>
/// <param name="ExpiresAt">When the new version expires; null for the time of the settings.</param>
public sealed record StartRotationRequest(string? Value = null, DateTimeOffset? ExpiresAt = null);

/// <summary>The platform's secrets and their rotations, for operators. No value is ever answered.</summary>
public sealed class SecretFunctions(SecretInventory inventory, RotationDesk desk)
{
    private const string Route = "v1/admin/secrets";

    [Function("ListSecrets"), Needs(Permission.Operate)]
    [Api("The platform's secrets: names, versions, ages, never values"), Answers(200, typeof(IReadOnlyList<SecretView>))]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest http, [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        Results.Ok(await Task.WhenAll((await inventory.List(ct)).Select(secret => WithRotation(secret, durable, ct))));

    [Function("GetSecret"), Needs(Permission.Operate)]
    [Api("A secret's versions and rotation, never its values"), Answers(200, typeof(SecretView)), Refuses(404, "secret_not_found")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{name}")] HttpRequest http,
        string name,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct) =>
        inventory.Find(name) is { } kind
            ? Results.Ok(await WithRotation(await inventory.Show(kind, ct), durable, ct))
            : new SecretNotFound().ToProblem();

    [Function("StartSecretRotation"), Needs(Permission.Operate)]
    [Api("Replaces a secret: create, distribute, verify, retire", Body = typeof(StartRotationRequest), Example = "{}")]
    [Answers(202, typeof(SecretView)), Refuses(404, "secret_not_found"), Refuses(409, "rotation_running")]
    [Refuses(422, "secret_value_needed", "secret_value_unwanted", "secret_value_invalid"), Refuses(504, "upstream_unclear")]
    public async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{name}/rotation")] HttpRequest http,
        string name,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct)
    {
        var request = await http.ReadBody<StartRotationRequest>(ct);
        if (inventory.Find(name) is not { } kind)
        {
            return new SecretNotFound().ToProblem();
        }

        var started = await durable.StartRotation(desk, kind, request.Value is null ? null : new SecretValue(request.Value), request.ExpiresAt, ct);
        return started is { } refusal
            ? refusal.ToProblem()
            : Results.Accepted($"/api/{Route}/{kind.Name}", await WithRotation(await inventory.Show(kind, ct), durable, ct));
    }

    [Function("UndoSecretRotation"), Needs(Permission.Operate)]
    [Api("Undoes a running rotation: the old version is used as before"), Answers(202, typeof(SecretView))]
    [Refuses(404, "secret_not_found"), Refuses(409, "rotation_not_running", "rotation_past_undo")]
    public async Task<IResult> Undo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{name}/rotation/undo")] HttpRequest http,
        string name,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct)
    {
        if (inventory.Find(name) is not { } kind)
        {
            return new SecretNotFound().ToProblem();
        }

        return await durable.UndoRotation(kind, ct) is { } refusal
            ? refusal.ToProblem()
            : Results.Accepted($"/api/{Route}/{kind.Name}", await WithRotation(await inventory.Show(kind, ct), durable, ct));
    }

    private static async Task<SecretView> WithRotation(SecretView secret, DurableTaskClient durable, CancellationToken ct) =>
        secret with { Rotation = (await durable.FindRotation(secret.Name, ct))?.ToString().ToLowerInvariant() };
}
