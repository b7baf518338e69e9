using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>
/// <c>/v3/api_keys</c>. A key is <c>SG.id.secret</c> and shown once; one that was deleted is refused. Keys that this simulator did not
/// make are let in, so that a developer's own will do, but their id can be deleted as well.
/// </summary>
internal sealed class ApiKeys(SimulatorContext context)
{
    public const string Script = """
        CREATE TABLE IF NOT EXISTS simulators.sendgrid_api_keys (
            number bigint GENERATED ALWAYS AS IDENTITY,
            id text PRIMARY KEY,
            name text NOT NULL,
            scopes text NOT NULL,
            deleted boolean NOT NULL DEFAULT false);
        """;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 22;
    private const int SecretLength = 43;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v3/api_keys", CreateAsync);
        routes.MapGet("/v3/api_keys", ListAsync);
        routes.MapDelete("/v3/api_keys/{id}", DeleteAsync);
    }

    /// <summary>Whether a key was deleted.</summary>
    public async Task<bool> IsDeletedAsync(string key, CancellationToken cancellationToken)
    {
        var parts = key.Split('.');
        if (parts.Length < 3)
        {
            return false;
        }

        await using var command = context.Database.CreateCommand("SELECT deleted FROM simulators.sendgrid_api_keys WHERE id = $1");
        command.Parameters.Add(new() { Value = parts[1] });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task CreateAsync(HttpContext http)
    {
        string? name = null;
        JsonNode? scopes = null;
        try
        {
            var body = await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            (name, scopes) = ((string?)body?["name"], body?["scopes"]?.DeepClone());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            await SendGridSimulator.RefuseAsync(http, MailErrors.Of(400), StatusCodes.Status400BadRequest);
            return;
        }

        if (string.IsNullOrEmpty(name))
        {
            await SendGridSimulator.RefuseAsync(http, new([new("missing required argument", "name")]), StatusCodes.Status400BadRequest);
            return;
        }

        var id = RandomNumberGenerator.GetString(Letters, IdLength);
        await using var transaction = await context.BeginAsync("sendgrid", CancellationToken.None);
        await transaction.ExecuteAsync(
            "INSERT INTO simulators.sendgrid_api_keys (id, name, scopes) VALUES ($1, $2, $3)", CancellationToken.None, id, name, scopes?.ToJsonString() ?? "[]");
        await transaction.CommitAsync(CancellationToken.None);
        http.Response.StatusCode = StatusCodes.Status201Created;
        await http.Response.WriteAsJsonAsync(new
        {
            api_key = $"SG.{id}.{RandomNumberGenerator.GetString(Letters, SecretLength)}",
            api_key_id = id,
            name,
            scopes = scopes ?? new JsonArray(),
        });
    }

    private async Task<IResult> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = context.Database.CreateCommand("SELECT id, name FROM simulators.sendgrid_api_keys WHERE NOT deleted ORDER BY number");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<object>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new { api_key_id = reader.GetString(0), name = reader.GetString(1) });
        }

        return Results.Json(new { result = keys });
    }

    private async Task DeleteAsync(HttpContext http, string id)
    {
        await using var transaction = await context.BeginAsync("sendgrid", CancellationToken.None);
        await transaction.ExecuteAsync(
            """
            INSERT INTO simulators.sendgrid_api_keys (id, name, scopes, deleted) VALUES ($1, 'made elsewhere', '[]', true)
            ON CONFLICT (id) DO UPDATE SET deleted = true
            """, CancellationToken.None, id);
        await transaction.CommitAsync(CancellationToken.None);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
