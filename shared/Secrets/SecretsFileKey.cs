using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets;

/// <summary>The key of the encrypted file.</summary>
public static class SecretsFileKey
{
    private const int KeyBytes = 32;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads it.</summary>
    /// <exception cref="SecretsException">It is not there, not a key, or readable by others.</exception>
    public static byte[] Read(string path)
    {
        if (Problem(path) is { } problem)
        {
            throw new SecretsException(GatewayFailure.Transient, problem);
        }

        return Convert.FromBase64String(File.ReadAllText(path).Trim());
    }

    /// <summary>What is wrong with a key file and how to mend it; null when nothing is.</summary>
    public static string? Problem(string path)
    {
        if (!File.Exists(path))
        {
            return $"SecretsFile__KeyFile: there is no {path}; make one with: (umask 077; openssl rand -base64 {KeyBytes} > {path})";
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
        {
            return $"SecretsFile__KeyFile: others may read {path}; mend it with: chmod 600 {path}";
        }

        string text;
        try
        {
            text = File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"SecretsFile__KeyFile: {path} can't be read by the user that the application runs as.";
        }

        var key = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(text, key, out var length) && length == KeyBytes
            ? null
            : $"SecretsFile__KeyFile: {path} does not hold base64 of {KeyBytes} bytes; make one with: (umask 077; openssl rand -base64 {KeyBytes} > {path})";
    }
}
