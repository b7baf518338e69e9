using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Secrets.Rotation;
using ToolboxAI.Shared.Secrets.Sealing;

namespace ToolboxAI.Shared.Secrets;

/// <summary>Registers the feature.</summary>
public static class SecretsServices
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The secrets, from the vault or the encrypted file, whichever the settings name.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddOptions<SecretsOptions>().BindConfiguration(SecretsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SecretsFileOptions>().BindConfiguration(SecretsFileOptions.Section);
        services.AddOptions<KeyVaultOptions>().BindConfiguration(KeyVaultOptions.Section)
            .Validate<IOptions<SecretsFileOptions>>(
                (vault, file) => vault.Uri.Length > 0 != file.Value.Path.Length > 0,
                "Set either KeyVault__Uri, the vault's address, or SecretsFile__Path, the encrypted file, and not both.")
            .Validate(vault => vault.Uri.Length == 0 || (Uri.TryCreate(vault.Uri, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps),
                "KeyVault__Uri is not an https address: set it to https://NAME.vault.azure.net.")
            .Validate(vault => vault.AuthorityFile.Length == 0 || KeyVaultConnection.HoldsAuthority(vault.AuthorityFile),
                "KeyVault__AuthorityFile does not name a PEM file with the certificate of an authority: leave it empty to trust the machine's only.")
            .Validate<IOptions<SecretsFileOptions>>(
                (_, file) => file.Value.Path.Length == 0 || SecretsFileKey.Problem(file.Value.KeyFile) is null,
                "SecretsFile__KeyFile does not name a file with base64 of 32 bytes that only its owner can read: (umask 077; openssl rand -base64 32 > FILE).")
            .ValidateOnStart();
        services.AddHttpClient(StripeKeySource.Client, http => http.Timeout = CallTimeout);
        return services
            .AddSingleton(Open)
            .AddSingleton<SecretReader>()
            .AddSingleton<IDataKeyStore, PostgresDataKeyStore>()
            .AddSingleton<DataKeys>()
            .AddSingleton<DataSealer>()
            .AddSingleton<ICredentialSource, StripeKeySource>()
            .AddSingleton<ICredentialSource, StripeWebhookSource>()
            .AddSingleton<ICredentialSource, SendGridKeySource>()
            .AddSingleton<ICredentialSource, TokenKeySource>()
            .AddSingleton<ICredentialSource, WrappingKeySource>()
            .AddSingleton<ICredentialSource, DatabaseLoginSource>()
            .AddSingleton<RotationSteps>()
            .AddSingleton<RotationDesk>()
            .AddSingleton<SecretInventory>();
    }

    private static ISecrets Open(IServiceProvider services)
    {
        var vault = services.GetRequiredService<IOptions<KeyVaultOptions>>().Value;
        return vault.Uri.Length > 0
            ? KeyVaultConnection.Connect(vault)
            : new FileSecrets(services.GetRequiredService<IOptions<SecretsFileOptions>>().Value, services.GetRequiredService<TimeProvider>());
    }
}
