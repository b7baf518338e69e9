using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>
/// What the simulated vault holds at first: the object <c>Vault</c> of the settings file, name to value. In a value
/// <c>{base64:32}</c> stands for so many random bytes, <c>{letters:22}</c> for so many random letters and digits,
/// <c>{login:NAME}</c> for a database login with its password, as a JSON object.
/// </summary>
internal static partial class VaultSeeds
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static IReadOnlyDictionary<string, string> Read(DataFolder data) =>
        LocalSettings.Section("Vault").ToDictionary(seed => seed.Key, seed => Fill(seed.Key, seed.Value, data));

    /// <summary>The value of a seed that is the same at every start, for whoever else must know it; null when there is none.</summary>
    public static string? Literal(string name) =>
        LocalSettings.Section("Vault").GetValueOrDefault(name) is { } value && !Placeholder().IsMatch(value) ? value : null;

    private static string Fill(string name, string value, DataFolder data) => Placeholder().Replace(value, match =>
    {
        var what = match.Groups[2].Value;
        return match.Groups[1].Value switch
        {
            "login" => JsonSerializer.Serialize(new { login = what, password = data.Password(what) }),
            "letters" => RandomNumberGenerator.GetString(Letters, Count(name, what)),
            _ => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Count(name, what))),
        };
    });

    private static int Count(string name, string text) => int.TryParse(text, out var count) && count is > 0 and <= 1024
        ? count
        : throw new StartRefusedException($"Vault: {name} has the placeholder size {text}: give a number from 1 to 1024.");

    [GeneratedRegex(@"\{(base64|letters|login):([^}]+)\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
