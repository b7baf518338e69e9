using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Local.Installation;
using ToolboxAI.Local.Simulators;
using ToolboxAI.Local.Simulators.KeyVault;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.KeyVault;

/// <summary>The Key Vault simulator on a database of its own, and clients of it.</summary>
public sealed class SimulatedVault : IAsyncLifetime
{
    private readonly string authority = Path.GetTempFileName();
    private readonly X509Certificate2 certificate = Certificate();
    private TestDatabase? database;
    private InstallationSession? session;
    private SimulatorHost? host;

    /// <summary>The vault's address.</summary>
    public string Address => host!.Settings["KeyVault__Uri"];

    /// <summary>The settings that the simulator gives to an application.</summary>
    public IReadOnlyDictionary<string, string> Settings => host!.Settings;

    /// <summary>The product's gateway to it.</summary>
    public KeyVaultSecrets Gateway => new(Client(), Client(retries: 0));

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(authority, certificate.ExportCertificatePem());
        database = await TestDatabase.CreateAsync();
        session = await InstallationSession.JoinAsync(database.ConnectionString, "test", CancellationToken.None);
        await StartAsync();
    }

    /// <summary>Starts another simulator on the same state, as after a crash.</summary>
    public async Task RestartAsync(int callsInTenSeconds = 4_000)
    {
        await host!.DisposeAsync();
        await StartAsync(callsInTenSeconds);
    }

    /// <summary>The real client of the vault.</summary>
    public SecretClient Client(int retries = 3, TimeSpan? pause = null)
    {
        var options = new SecretClientOptions { DisableChallengeResourceVerification = true, Transport = new HttpClientTransport(Http()) };
        options.Retry.MaxRetries = retries;
        options.Retry.Delay = pause ?? TimeSpan.FromMilliseconds(10);
        options.Retry.MaxDelay = options.Retry.Delay;
        return new(new Uri(Address), new Identity(this), options);
    }

    /// <summary>A plain client that has a token and adds the api-version.</summary>
    public async Task<HttpClient> Authorized(CancellationToken ct)
    {
        var client = Http();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Token("https://vault.azure.net", ct));
        return client;
    }

    /// <summary>A plain client that trusts the simulator's certificate.</summary>
    public HttpClient Http()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        return new(handler) { BaseAddress = new(Address) };
    }

    /// <summary>A token of the identity endpoint.</summary>
    public async Task<string> Token(string resource, CancellationToken ct)
    {
        using var client = Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Settings["IDENTITY_ENDPOINT"]}?api-version=2019-08-01&resource={resource}");
        request.Headers.Add("X-IDENTITY-HEADER", Settings["IDENTITY_HEADER"]);
        using var answer = await client.SendAsync(request, ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("access_token").GetString()!;
    }

    public Task AdvanceAsync(TimeSpan by, CancellationToken ct) => ClockAdvance.RunAsync(session!.Database, by, ct);

    public Task FaultAsync(Fault fault, CancellationToken ct) => new Faults(session!.Database).AddAsync(fault, ct);

    public async ValueTask DisposeAsync()
    {
        await host!.DisposeAsync();
        await session!.DisposeAsync();
        await database!.DisposeAsync();
        certificate.Dispose();
        File.Delete(authority);
    }

    private async Task StartAsync(int callsInTenSeconds = 4_000)
    {
        var vault = new KeyVaultSimulator(certificate, new Dictionary<string, string> { ["seeded"] = "at the first start" }) { CallsInTenSeconds = callsInTenSeconds };
        host = await SimulatorHost.StartAsync(session!, [vault], NullLoggerFactory.Instance, CancellationToken.None);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class Identity(SimulatedVault vault) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(await vault.Token(requestContext.Scopes[0].Replace("/.default", "", StringComparison.Ordinal), cancellationToken), DateTimeOffset.UtcNow.AddHours(1));
    }
}
