using System.Globalization;
using System.Text.RegularExpressions;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>One request on its way: what is asked, of whom, and what is known.</summary>
/// <param name="Request">The request.</param>
/// <param name="Owner">Whose key it came with: <c>user_1001</c>, <c>group_7</c>.</param>
/// <param name="Ids">The ids in the path, in their order.</param>
/// <param name="Documents">What the simulator remembers.</param>
/// <param name="Now">The time on the moved clock.</param>
internal sealed record OpenCloudCall(OpenCloudRequest Request, string Owner, IReadOnlyList<string> Ids, IRobloxDocuments Documents, DateTimeOffset Now)
{
    /// <summary>A refusal in the words of the API that was called.</summary>
    public OpenCloudRefusal Refuse(int status, string message) => OpenCloudRefusal.Of(Request.Path, status, message);

    public string Query(string name) => Request.Query.GetValueOrDefault(name, "");
}

/// <summary>An endpoint with its limit.</summary>
/// <param name="Name">Method and path as the official description has them.</param>
/// <param name="PerMinute">Requests a minute for each owner of keys, from the same.</param>
/// <param name="Path">Matches the path; its groups are the ids.</param>
/// <param name="Handle">Answers.</param>
internal sealed record OpenCloudEndpoint(string Name, int PerMinute, Regex Path, Func<OpenCloudCall, Task<OpenCloudAnswer>> Handle)
{
    public string Method => Name[..Name.IndexOf(' ', StringComparison.Ordinal)];

    public static OpenCloudEndpoint Of(string name, int perMinute, Func<OpenCloudCall, Task<OpenCloudAnswer>> handle)
    {
        var path = name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        var pattern = "^" + Regex.Replace(Regex.Escape(path), @"\\\{\w+}", "([^/:]+)") + "$";
        return new(name, perMinute, new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), handle);
    }
}

/// <summary>
/// Open Cloud itself: finds the endpoint, checks the key, counts the request against the limit of the key's owner, and answers. What
/// it changes is its caller's to commit.
/// </summary>
internal static class OpenCloudServer
{
    private const string KeyPrefix = "rbx_local_";

    public static IReadOnlyList<OpenCloudEndpoint> Endpoints { get; } =
        [.. RobloxAssets.Endpoints, .. RobloxPlaces.Endpoints, .. RobloxServers.Endpoints, .. RobloxLuauTasks.Endpoints, .. RobloxEntries.Endpoints];

    public static async Task<OpenCloudAnswer> HandleAsync(OpenCloudRequest request, IRobloxDocuments documents, DateTimeOffset now)
    {
        OpenCloudAnswer answer;
        (int Limit, int Remaining, int Reset)? window = null;
        try
        {
            var (endpoint, ids) = Find(request);
            var owner = OwnerOf(request.Key) ?? throw OpenCloudRefusal.Gateway(401, "Invalid API Key");
            window = await RateWindows.CountAsync(documents, owner, endpoint, now);
            answer = window.Value.Remaining < 0
                ? OpenCloudRefusal.Of(request.Path, 429, "Too many requests").Answer
                : await endpoint.Handle(new(request, owner, ids, documents, now));
        }
        catch (OpenCloudRefusal refusal)
        {
            answer = refusal.Answer;
        }

        if (window is var (limit, remaining, reset))
        {
            answer.Headers["x-ratelimit-limit"] = string.Create(CultureInfo.InvariantCulture, $"{limit}, {limit};w=60");
            answer.Headers["x-ratelimit-remaining"] = Math.Max(0, remaining).ToString(CultureInfo.InvariantCulture);
            answer.Headers["x-ratelimit-reset"] = reset.ToString(CultureInfo.InvariantCulture);

            // The original sends retry-after only sometimes; so does this: with every second refusal.
            if (answer.Status == 429 && remaining % 2 != 0)
            {
                answer.Headers["retry-after"] = reset.ToString(CultureInfo.InvariantCulture);
            }
        }

        return answer;
    }

    /// <summary>Whose key it is: all keys <c>rbx_local_user_1001…</c> are user 1001's; null for no key of ours.</summary>
    public static string? OwnerOf(string key)
    {
        if (!key.StartsWith(KeyPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var parts = key[KeyPrefix.Length..].Split('_');
        return parts.Length >= 2 && parts[0] is "user" or "group" && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? $"{parts[0]}_{parts[1]}"
            : null;
    }

    /// <summary>The answer of a fault that was asked for, in the words of the API that was called.</summary>
    public static OpenCloudAnswer Fault(string path, int status) =>
        OpenCloudRefusal.Of(path, status, "A fault that was asked for.").Answer;

    private static (OpenCloudEndpoint Endpoint, IReadOnlyList<string> Ids) Find(OpenCloudRequest request)
    {
        foreach (var endpoint in Endpoints.Where(endpoint => endpoint.Method == request.Method))
        {
            if (endpoint.Path.Match(request.Path) is { Success: true } match)
            {
                return (endpoint, [.. match.Groups.Values.Skip(1).Select(group => Uri.UnescapeDataString(group.Value))]);
            }
        }

        throw OpenCloudRefusal.Gateway(404, "NotFound");
    }
}

/// <summary>Counts requests in windows of a minute, per owner and endpoint, those refused as well.</summary>
internal static class RateWindows
{
    public const string Kind = "window";

    public static async Task<(int Limit, int Remaining, int Reset)> CountAsync(
        IRobloxDocuments documents, string owner, OpenCloudEndpoint endpoint, DateTimeOffset now)
    {
        var minute = now.ToUnixTimeSeconds() / 60;
        var id = $"{owner} {endpoint.Name}";
        var window = await documents.FindAsync(Kind, id) ?? new() { ["endpoint"] = endpoint.Name, ["limit"] = endpoint.PerMinute, ["most"] = 0L, ["refused"] = 0L };
        var used = (window.Number("minute") == minute ? window.Number("used") : 0) + 1;
        window["minute"] = minute;
        window["used"] = used;
        window["total"] = window.Number("total") + 1;
        window["most"] = Math.Max(window.Number("most"), used);
        window["refused"] = window.Number("refused") + (used > endpoint.PerMinute ? 1 : 0);
        await documents.SaveAsync(Kind, id, owner, window);
        return (endpoint.PerMinute, (int)(endpoint.PerMinute - used), (int)(((minute + 1) * 60) - now.ToUnixTimeSeconds()));
    }
}
