using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>Decides whether a request shows the key that a function or an endpoint of the host asks for.</summary>
internal sealed class HostKeys(IConfiguration settings, LocalInstallation installation)
{
    private const string DevelopmentMasterKey = "tbx_local_master_key";

    private readonly byte[]? masterKey = settings["ToolboxLocal:MasterKey"] is { Length: > 0 } key ? Hash(key)
        : installation.IsDevelopment ? Hash(DevelopmentMasterKey) : null;

    /// <summary>Whether <paramref name="request"/> may pass at <paramref name="level"/>.</summary>
    public bool Admits(HttpRequest request, AuthorizationLevel level)
    {
        if (level is AuthorizationLevel.Anonymous or AuthorizationLevel.User)
        {
            return true;
        }

        return Presented(request) is { Length: > 0 } key && masterKey is not null
            && CryptographicOperations.FixedTimeEquals(Hash(key), masterKey);
    }

    // The header goes before the query.
    private static string? Presented(HttpRequest request) =>
        request.Headers["x-functions-key"] is [{ Length: > 0 } header, ..] ? header : request.Query["code"].FirstOrDefault();

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
