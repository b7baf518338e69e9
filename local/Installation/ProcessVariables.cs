using System.Runtime.InteropServices;

namespace ToolboxAI.Local.Installation;

/// <summary>
/// The settings that are no configuration but variables of the process, which the TLS library and the Azure SDK read by
/// themselves: the file of trusted roots, and where the platform's identity answers.
/// </summary>
public static partial class ProcessVariables
{
    /// <summary>The file of trusted roots, PEM; read by OpenSSL in native code.</summary>
    public const string CertificateFile = "SSL_CERT_FILE";

    private static readonly string[] Names = [CertificateFile, "IDENTITY_ENDPOINT", "IDENTITY_HEADER"];

    /// <summary>
    /// Sets those that the settings have. It must come before the first use of TLS and of an identity, which is why it stands at the
    /// very start of the program: the services that know the values are started by the program itself.
    /// </summary>
    public static void Set(IReadOnlyDictionary<string, string> settings)
    {
        foreach (var name in Names)
        {
            if (settings.TryGetValue(name, out var value) && value.Length > 0)
            {
                Environment.SetEnvironmentVariable(name, value);

                // .NET keeps a copy of the variables; what native code sees is another one.
                if (OperatingSystem.IsLinux() && SetNative(name, value, overwrite: 1) != 0)
                {
                    throw new StartRefusedException($"The variable {name} can't be set.");
                }
            }
        }
    }

    /// <summary>Takes them from attached services: the environment, which wins elsewhere, often names the machine's own file of roots.</summary>
    public static void Overlay(Dictionary<string, string> settings, IReadOnlyDictionary<string, string> attached)
    {
        foreach (var name in Names.Where(attached.ContainsKey))
        {
            settings[name] = attached[name];
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNative(string name, string value, int overwrite);
}
