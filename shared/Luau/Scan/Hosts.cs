namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Hosts of addresses, as far as an address is known.</summary>
internal static class Hosts
{
    /// <summary>The host of an address or of its known beginning; nothing when the beginning ends before the host does.</summary>
    public static string? HostOf(string address, bool isWhole)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return null;
        }

        var rest = address[(scheme + 3)..];
        var end = rest.AsSpan().IndexOfAny('/', '?', '#');
        if (end < 0 && !isWhole)
        {
            return null;
        }

        var authority = end < 0 ? rest : rest[..end];
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        var port = host.LastIndexOf(':');
        host = (port > 0 ? host[..port] : host).TrimEnd('.').ToLowerInvariant();
        return host.Length == 0 ? null : host;
    }

    /// <summary>Whether a host is on the list.</summary>
    public static bool IsAllowed(string host, IReadOnlyList<string> allowed) => allowed.Any(entry =>
        entry.StartsWith('.') ? host.EndsWith(entry, StringComparison.OrdinalIgnoreCase) : host.Equals(entry, StringComparison.OrdinalIgnoreCase));
}
