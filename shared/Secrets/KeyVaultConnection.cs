using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace ToolboxAI.Shared.Secrets;

/// <summary>Connects to the vault as the platform's managed identity.</summary>
public static class KeyVaultConnection
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);
    private const int Repetitions = 5;

    /// <summary>Connects; nothing is asked yet.</summary>
    public static KeyVaultSecrets Connect(KeyVaultOptions options)
    {
        var vault = new Uri(options.Uri);
        var transport = options.AuthorityFile.Length == 0 ? null : Trusting(options.AuthorityFile);
        var identity = options.ClientId.Length == 0 ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(options.ClientId);
        var credential = new ManagedIdentityCredential(new ManagedIdentityCredentialOptions(identity) { Transport = transport ?? HttpClientTransport.Shared });
        return new(Client(vault, credential, transport, Repetitions), Client(vault, credential, transport, repetitions: 0));
    }

    /// <summary>Whether a file holds at least one certificate to trust, as PEM.</summary>
    public static bool HoldsAuthority(string file)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(file);
            return found.Count > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return false;
        }
    }

    private static SecretClient Client(Uri vault, TokenCredential credential, HttpPipelineTransport? transport, int repetitions)
    {
        var options = new SecretClientOptions(SecretClientOptions.ServiceVersion.V2025_07_01)
        {
            // The client refuses to send a token to a vault outside the domain that the challenge names. A vault on this
            // very machine has no domain, and nobody in between could have written its challenge.
            DisableChallengeResourceVerification = vault.IsLoopback,
        };

        // As the service asks: 1, 2, 4, 8, 16 s, or what Retry-After says.
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = repetitions;
        options.Retry.Delay = FirstPause;
        options.Retry.MaxDelay = LongestPause;
        options.Retry.NetworkTimeout = CallTimeout;
        options.Diagnostics.IsLoggingContentEnabled = false;
        if (transport is not null)
        {
            options.Transport = transport;
        }

        return new(vault, credential, options);
    }

    private static HttpClientTransport Trusting(string authorityFile)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authorityFile);
        return new(new HttpClient(handler));
    }
}
