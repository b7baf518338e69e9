using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>
/// Azure Key Vault's secrets, and the identity endpoint that gives an application its tokens: local/Simulators/README.md says
/// what is there. It speaks HTTPS only, as the real one does.
/// </summary>
/// <param name="certificate">Its server certificate, with the private key.</param>
/// <param name="seeds">Secrets that are made at the first start, by name; one that is there, in whatever state, is left alone.</param>
public sealed class KeyVaultSimulator(X509Certificate2 certificate, IReadOnlyDictionary<string, string> seeds) : ISimulator
{
    internal const string Name = "keyvault";
    internal const string Purge = "purge";
    internal const string IdentityPath = "/local/identity/token";

    /// <summary>The service's own limit: 4,000 calls in 10 s.</summary>
    private const int MostCalls = 4_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private VaultTokens? tokens;

    /// <inheritdoc/>
    public string Service => Name;

    /// <inheritdoc/>
    public string WebhookPath => "/";

    /// <inheritdoc/>
    public string Script => VaultStore.Script;

    /// <inheritdoc/>
    public X509Certificate2 Certificate => certificate;

    /// <summary>The most calls in 10 s of machine time; a test lowers it.</summary>
    public int CallsInTenSeconds { get; init; } = MostCalls;

    /// <inheritdoc/>
    public void Map(WebApplication server, SimulatorContext context)
    {
        server.MapWhen(http => http.Request.Path == IdentityPath, identity => identity.Run(http => tokens!.AnswerAsync(http)));
        VaultServer.Use(server, context, new(CallsInTenSeconds, Window), () => tokens!);
        var routes = new VaultRoutes(server, context);
        VaultSecrets.Map(routes);
        DeletedSecrets.Map(routes);
    }

    /// <inheritdoc/>
    public void MapLocal(IEndpointRouteBuilder routes, SimulatorContext context)
    {
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> SettingsAsync(string address, SimulatorContext context, CancellationToken cancellationToken)
    {
        tokens = await VaultTokens.LoadAsync(context.Session, cancellationToken);
        await SeedAsync(context, cancellationToken);
        return new Dictionary<string, string>
        {
            ["KeyVault__Uri"] = address,
            ["IDENTITY_ENDPOINT"] = address + IdentityPath,
            ["IDENTITY_HEADER"] = tokens.Header,
        };
    }

    /// <inheritdoc/>
    public Task RunAsync(ScheduledAction action, SimulatorTransaction transaction, CancellationToken cancellationToken) =>
        new VaultStore(transaction, cancellationToken).PurgeAsync(action.Subject);

    /// <inheritdoc/>
    public void Sign(HttpRequestMessage request, string body, DateTimeOffset machineTime) =>
        throw new InvalidOperationException("A vault sends no webhooks.");

    /// <inheritdoc/>
    public TimeSpan? RetryAfter(int failures) => null;

    private async Task SeedAsync(SimulatorContext context, CancellationToken cancellationToken)
    {
        await using var transaction = await context.BeginAsync(Name, cancellationToken);
        var store = new VaultStore(transaction, cancellationToken);
        var now = transaction.Now.ToUnixTimeSeconds();
        foreach (var (name, value) in seeds)
        {
            if ((await store.VersionsAsync(name)).Count == 0)
            {
                var version = RandomNumberGenerator.GetHexString(32, lowercase: true);
                await store.AddAsync(new() { Number = 0, Name = name, Version = version, Value = value, Enabled = true, Created = now, Updated = now });
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
