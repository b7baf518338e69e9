using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>A call of the vault, inside its transaction.</summary>
internal sealed class VaultCall(HttpContext http, SimulatorTransaction transaction)
{
    public HttpContext Http => http;

    public SimulatorTransaction Transaction => transaction;

    public VaultStore Store { get; } = new(transaction, CancellationToken.None);

    /// <summary>The vault's address as the caller wrote it: ids begin with it.</summary>
    public string Vault => $"{http.Request.Scheme}://{http.Request.Host}";

    public string Name => (string?)http.Request.RouteValues["name"] ?? "";

    public string Version => (string?)http.Request.RouteValues["version"] ?? "";

    /// <summary>Unix seconds of the moved clock.</summary>
    public long Now => transaction.Now.ToUnixTimeSeconds();
}

/// <summary>Binds paths to what answers them; a change commits before its answer.</summary>
internal sealed class VaultRoutes(IEndpointRouteBuilder routes, SimulatorContext context)
{
    public void Map(string method, string path, Func<VaultCall, Task<object?>> handler) =>
        routes.MapMethods(path, [method], http => AnswerAsync(http, handler));

    /// <summary>Once begun, a change runs to its end even when the caller has gone: that is what makes a lost answer unclear.</summary>
    private async Task AnswerAsync(HttpContext http, Func<VaultCall, Task<object?>> handler)
    {
        object? answer;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await using var look = await context.BeginReadAsync(KeyVaultSimulator.Name, CancellationToken.None);
            answer = await handler(new(http, look));
        }
        else
        {
            await using var change = await context.BeginAsync(KeyVaultSimulator.Name, CancellationToken.None);
            answer = await handler(new(http, change));
            await change.CommitAsync(CancellationToken.None);
        }

        if (answer is null)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await http.Response.WriteAsJsonAsync(answer, VaultBodies.Json, "application/json; charset=utf-8", http.RequestAborted);
    }
}
