using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>
/// This installation's own certificate authority, in the data folder: it signs the certificates of the simulators that speak
/// HTTPS, so that an application's clients need no special setting, only a file of roots that has it among the others.
/// </summary>
internal sealed class CertificateAuthority
{
    private const string Subject = "CN=ToolboxAI local development";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan ServerLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan Renewed = TimeSpan.FromDays(400); // before its end, so that no server outlives it

    private readonly X509Certificate2 authority;

    private CertificateAuthority(X509Certificate2 authority, string certificateFile, string bundleFile)
    {
        this.authority = authority;
        CertificateFile = certificateFile;
        BundleFile = bundleFile;
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string CertificateFile { get; }

    /// <summary>The machine's roots and the authority's certificate, PEM: a program that gets it as <c>SSL_CERT_FILE</c> loses no trust.</summary>
    public string BundleFile { get; }

    /// <summary>Reads the authority from the data folder; makes it when there is none, or it ends within <see cref="Renewed"/>.</summary>
    public static CertificateAuthority Open(DataFolder data)
    {
        var folder = data.Of(DataFolder.Certificates);
        DataFolder.CreatePrivate(folder);
        var certificate = Path.Combine(folder, "authority.pem");
        var key = Path.Combine(folder, "authority.key");
        var own = Load(certificate, key) ?? Make(certificate, key);
        var bundle = Path.Combine(folder, "roots.pem");
        PrivateFile.Write(bundle, MachineRoots() + own.ExportCertificatePem() + "\n");
        return new(own, certificate, bundle);
    }

    /// <summary>A certificate for a server on this machine, with its private key. It lives in memory only.</summary>
    public X509Certificate2 Issue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse)], false));
        var (from, to) = Span(ServerLifetime);
        using var certificate = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(16));
        using var withKey = certificate.CopyWithPrivateKey(key);

        // Once through PKCS #12: on Windows a server can't use a key that is nowhere but in memory.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2? Load(string certificate, string key)
    {
        if (!File.Exists(certificate) || !File.Exists(key))
        {
            return null;
        }

        try
        {
            var loaded = X509Certificate2.CreateFromPemFile(certificate, key);
            return loaded.NotAfter.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime > Renewed ? loaded : null;
        }
        catch (CryptographicException)
        {
            return null; // a half-written pair: nothing depends on the old one, so a new one is as good
        }
    }

    private static X509Certificate2 Make(string certificate, string key)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var (from, to) = Span(Lifetime);
        var made = request.CreateSelfSigned(from, to);
        PrivateFile.Write(key, pair.ExportPkcs8PrivateKeyPem());
        PrivateFile.Write(certificate, made.ExportCertificatePem() + "\n");
        return made;
    }

    private static (DateTimeOffset From, DateTimeOffset To) Span(TimeSpan lifetime)
    {
        var now = TimeProvider.System.GetUtcNow();
        return (now.AddDays(-1), now + lifetime);
    }

    /// <summary>What this process trusts, and so the application would without us.</summary>
    private static string MachineRoots()
    {
        using var store = new X509Store(StoreName.Root, OperatingSystem.IsWindows() ? StoreLocation.CurrentUser : StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly);
        var text = new StringBuilder();
        foreach (var root in store.Certificates.Where(root => root.Subject != Subject))
        {
            text.Append(root.ExportCertificatePem()).Append('\n');
        }

        return text.ToString();
    }
}
