using Microsoft.Extensions.Configuration;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Functions.Operations;

/// <summary>The database answers, and the migrations have run.</summary>
public sealed class DatabaseCheck(IUnitOfWorkFactory units) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "database";

    /// <inheritdoc/>
    public async Task Check(CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        await work.QuerySingle<bool>("SELECT EXISTS (SELECT FROM toolbox.tenants)", null, ct);
    }
}

/// <summary>The storage account's blob endpoint answers; without credentials any answer of its own shows that.</summary>
public sealed class StorageCheck(IConfiguration configuration, IHttpClientFactory clients) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "storage";

    /// <inheritdoc/>
    public async Task Check(CancellationToken ct)
    {
        using var client = clients.CreateClient(nameof(StorageCheck));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Endpoint(), "?comp=properties&restype=account"));
        using var answer = await client.SendAsync(request, ct);
        if (!answer.Headers.Contains("x-ms-request-id"))
        {
            throw new HttpRequestException($"No storage service answers there, but something with status {(int)answer.StatusCode}.");
        }
    }

    private Uri Endpoint()
    {
        var parts = (configuration["AzureWebJobsStorage"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToDictionary(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        var account = configuration["AzureWebJobsStorage:accountName"] ?? parts.GetValueOrDefault("AccountName");
        var address = configuration["AzureWebJobsStorage:blobServiceUri"] ?? parts.GetValueOrDefault("BlobEndpoint")
            ?? (account is null ? throw new InvalidOperationException("AzureWebJobsStorage names no storage account.")
                : $"https://{account}.blob.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}");
        return new(address.TrimEnd('/') + "/");
    }
}
