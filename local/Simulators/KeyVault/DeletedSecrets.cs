using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>The ends of a secret and the ways back: deletion, recovery, purge, backup, restore.</summary>
internal static class DeletedSecrets
{
    private static readonly TimeSpan Recoverable = TimeSpan.FromDays(VaultSecrets.RecoverableDays);

    public static void Map(VaultRoutes routes)
    {
        routes.Map(HttpMethods.Delete, "/secrets/{name}", DeleteAsync);
        routes.Map(HttpMethods.Get, "/deletedsecrets", ListAsync);
        routes.Map(HttpMethods.Get, "/deletedsecrets/{name}", GetAsync);
        routes.Map(HttpMethods.Delete, "/deletedsecrets/{name}", PurgeAsync);
        routes.Map(HttpMethods.Post, "/deletedsecrets/{name}/recover", RecoverAsync);
        routes.Map(HttpMethods.Post, "/secrets/{name}/backup", BackupAsync);
        routes.Map(HttpMethods.Post, "/secrets/restore", RestoreAsync);
    }

    /// <summary>Ends all versions at once; the name is taken until the purge, which comes by itself when the secret can be recovered no more.</summary>
    private static async Task<object?> DeleteAsync(VaultCall call)
    {
        var newest = (await VaultSecrets.NotDeletedAsync(call))[0];
        var deletion = new StoredDeletion(newest.Name, call.Now, call.Now + (long)Recoverable.TotalSeconds);
        await call.Store.DeleteAsync(deletion);
        await call.Transaction.ScheduleAsync(KeyVaultSimulator.Purge, newest.Name, DateTimeOffset.FromUnixTimeSeconds(deletion.PurgeAt), CancellationToken.None);
        return VaultBodies.Deleted(call.Vault, newest, deletion, withValue: true).WithoutNulls();
    }

    private static async Task<object?> ListAsync(VaultCall call)
    {
        var found = new List<(StoredVersion Newest, StoredDeletion Deletion)>();
        foreach (var deletion in await call.Store.DeletionsAsync())
        {
            found.Add(((await call.Store.VersionsAsync(deletion.Name))[0], deletion));
        }

        return VaultSecrets.Page(call, "/deletedsecrets", found, item => VaultBodies.Deleted(call.Vault, item.Newest, item.Deletion, withValue: false));
    }

    private static async Task<object?> GetAsync(VaultCall call)
    {
        var (newest, deletion) = await FindAsync(call);
        return VaultBodies.Deleted(call.Vault, newest, deletion, withValue: true).WithoutNulls();
    }

    private static async Task<object?> PurgeAsync(VaultCall call)
    {
        await FindAsync(call);
        await call.Store.PurgeAsync(call.Name);
        await call.Transaction.UnscheduleAsync(KeyVaultSimulator.Purge, call.Name, CancellationToken.None);
        return null;
    }

    private static async Task<object?> RecoverAsync(VaultCall call)
    {
        var (newest, _) = await FindAsync(call);
        await call.Store.RecoverAsync(call.Name);
        await call.Transaction.UnscheduleAsync(KeyVaultSimulator.Purge, newest.Name, CancellationToken.None);
        return VaultBodies.Bundle(call.Vault, newest, withValue: false).WithoutNulls();
    }

    private static async Task<object?> BackupAsync(VaultCall call) =>
        new { value = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(await VaultSecrets.NotDeletedAsync(call))) };

    private static async Task<object?> RestoreAsync(VaultCall call)
    {
        var input = await VaultBodies.ReadAsync<RestoreInput>(call.Http.Request);
        List<StoredVersion> versions;
        try
        {
            versions = JsonSerializer.Deserialize<List<StoredVersion>>(Base64Url.DecodeFromChars(input.Value))!;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw VaultRefusal.BadParameter("The backup can't be read.");
        }

        if ((await call.Store.VersionsAsync(versions[0].Name)).Count > 0)
        {
            throw VaultRefusal.Exists(versions[0].Name);
        }

        foreach (var version in Enumerable.Reverse(versions))
        {
            await call.Store.AddAsync(version);
        }

        return VaultBodies.Bundle(call.Vault, versions[0], withValue: false).WithoutNulls();
    }

    private static async Task<(StoredVersion Newest, StoredDeletion Deletion)> FindAsync(VaultCall call) =>
        await call.Store.DeletionAsync(call.Name) is { } deletion
            ? ((await call.Store.VersionsAsync(call.Name))[0], deletion)
            : throw VaultRefusal.NotFound(call.Name);

    private sealed record RestoreInput(string Value);
}
