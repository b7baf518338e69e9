using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>Secrets and their versions.</summary>
internal static class VaultSecrets
{
    /// <summary>How long a deleted secret can be recovered: the service allows 7 to 90.</summary>
    public const int RecoverableDays = 7;

    private const int MostOfAPage = 25;

    public static void Map(VaultRoutes routes)
    {
        routes.Map(HttpMethods.Put, "/secrets/{name}", SetAsync);
        routes.Map(HttpMethods.Get, "/secrets/{name}/{version?}", GetAsync);
        routes.Map(HttpMethods.Patch, "/secrets/{name}/{version?}", UpdateAsync);
        routes.Map(HttpMethods.Get, "/secrets/{name}/versions", VersionsAsync);
        routes.Map(HttpMethods.Get, "/secrets", ListAsync);
    }

    /// <summary>A new version of a secret; a repetition makes another one.</summary>
    public static async Task<object?> SetAsync(VaultCall call)
    {
        var input = (await VaultBodies.ReadAsync<SecretInput>(call.Http.Request)).Check();
        var name = VaultBodies.CheckName(call.Name);
        if (input.Value is null)
        {
            throw VaultRefusal.BadParameter("The member value is required.");
        }

        if (await call.Store.DeletionAsync(name) is not null)
        {
            throw VaultRefusal.Deleted(name);
        }

        var earlier = await call.Store.VersionsAsync(name);
        var version = new StoredVersion
        {
            Number = 0,
            Name = earlier.Count > 0 ? earlier[0].Name : name,
            Version = RandomNumberGenerator.GetHexString(32, lowercase: true),
            Value = input.Value,
            ContentType = input.ContentType,
            Enabled = input.Attributes?.Enabled ?? true,
            NotBefore = input.Attributes?.Nbf,
            Expires = input.Attributes?.Exp,
            Created = call.Now,
            Updated = call.Now,
            Tags = input.Tags,
        };
        await call.Store.AddAsync(version);
        return VaultBodies.Bundle(call.Vault, version, withValue: true).WithoutNulls();
    }

    /// <summary>One version: a missing one is the newest, even when that is disabled. Neither nbf nor exp refuses a reading.</summary>
    private static async Task<object?> GetAsync(VaultCall call)
    {
        var version = await FindAsync(call);
        return version.Enabled ? VaultBodies.Bundle(call.Vault, version, withValue: true).WithoutNulls() : throw VaultRefusal.Disabled();
    }

    private static async Task<object?> UpdateAsync(VaultCall call)
    {
        var input = (await VaultBodies.ReadAsync<SecretInput>(call.Http.Request)).Check();
        var version = await FindAsync(call);
        var changed = version with
        {
            ContentType = input.ContentType ?? version.ContentType,
            Tags = input.Tags ?? version.Tags,
            Enabled = input.Attributes?.Enabled ?? version.Enabled,
            NotBefore = input.Attributes?.Nbf ?? version.NotBefore,
            Expires = input.Attributes?.Exp ?? version.Expires,
            Updated = call.Now,
        };
        await call.Store.SaveAsync(changed);
        return VaultBodies.Bundle(call.Vault, changed, withValue: false).WithoutNulls();
    }

    private static async Task<object?> VersionsAsync(VaultCall call)
    {
        var versions = await NotDeletedAsync(call);
        return Page(call, $"/secrets/{call.Name}/versions", versions, v => VaultBodies.Bundle(call.Vault, v, withValue: false));
    }

    private static async Task<object?> ListAsync(VaultCall call) =>
        Page(call, "/secrets", await call.Store.NewestAsync(), v => VaultBodies.Bundle(call.Vault, v, withValue: false, withVersion: false));

    /// <summary>A page; <c>$skiptoken</c> in its nextLink is where the next one begins.</summary>
    public static object Page<T>(VaultCall call, string path, IReadOnlyList<T> all, Func<T, Dictionary<string, object?>> body)
    {
        var size = MostOfAPage;
        var query = call.Http.Request.Query;
        if (query["maxresults"].ToString() is { Length: > 0 } asked && (!int.TryParse(asked, out size) || size is < 1 or > MostOfAPage))
        {
            throw VaultRefusal.BadParameter($"maxresults must be between 1 and {MostOfAPage}.");
        }

        var from = int.TryParse(query["$skiptoken"].ToString(), out var skip) ? skip : 0;
        var next = from + size < all.Count
            ? $"{call.Vault}{path}?api-version={query["api-version"]}&$skiptoken={from + size}&maxresults={size}"
            : null;
        return new { value = all.Skip(from).Take(size).Select(item => body(item).WithoutNulls()), nextLink = next };
    }

    /// <summary>The versions of a secret that is there and not deleted; otherwise 404.</summary>
    public static async Task<List<StoredVersion>> NotDeletedAsync(VaultCall call)
    {
        var versions = await call.Store.VersionsAsync(VaultBodies.CheckName(call.Name));
        return versions.Count > 0 && await call.Store.DeletionAsync(call.Name) is null ? versions : throw VaultRefusal.NotFound(call.Name);
    }

    private static async Task<StoredVersion> FindAsync(VaultCall call)
    {
        var versions = await NotDeletedAsync(call);
        return call.Version.Length == 0
            ? versions[0]
            : versions.Find(v => v.Version == call.Version) ?? throw VaultRefusal.NotFound(call.Name, call.Version);
    }
}
