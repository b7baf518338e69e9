using System.Collections;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Parameters as the API takes them: <c>items[0][price]=…&amp;metadata[key]=…</c>; null is left out, empty clears.</summary>
internal static class FormEncoding
{
    public static string Encode(BaseOptions options) =>
        options is null ? "" : string.Join('&', Members(options).SelectMany(m => Flatten(m.Name, m.Value)).Select(p => $"{Key(p.Name)}={Value(p.Value)}"));

    private static IEnumerable<(string Name, object Value)> Members(object options)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            if (!property.IsDefined(typeof(JsonIgnoreAttribute), inherit: true))
            {
                yield return (JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property.GetValue(options));
            }
        }

        foreach (var (name, value) in (options as BaseOptions)?.ExtraParams ?? new Dictionary<string, object>())
        {
            yield return (name, value);
        }
    }

    private static IEnumerable<(string Name, string Value)> Flatten(string name, object value) => value switch
    {
        null => [],
        string text => [(name, text)],
        bool flag => [(name, flag ? "true" : "false")],
        DateTime time => [(name, new DateTimeOffset(time.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))],
        IDictionary { Count: 0 } => [(name, "")],
        IDictionary map => map.Keys.Cast<object>().SelectMany(key => Flatten($"{name}[{key}]", map[key] ?? "")),
        IEnumerable list => List(name, list.Cast<object>().ToList()),
        IFormattable scalar when value.GetType().IsPrimitive || value is decimal => [(name, scalar.ToString(null, CultureInfo.InvariantCulture))],
        _ => Members(value).SelectMany(member => Flatten($"{name}[{member.Name}]", member.Value)),
    };

    private static IEnumerable<(string Name, string Value)> List(string name, List<object> items) =>
        items.Count == 0 ? [(name, "")] : items.SelectMany((item, index) => Flatten($"{name}[{index}]", item));

    private static string Key(string name) => WebUtility.UrlEncode(name).Replace("%5B", "[").Replace("%5D", "]");

    private static string Value(string value) => WebUtility.UrlEncode(value);
}

/// <summary>The parameters of a request.</summary>
public class BaseOptions
{
    /// <summary>Which references to answer as whole objects, for example <c>latest_invoice</c>.</summary>
    public List<string> Expand { get; set; }

    /// <summary>Parameters that have no property.</summary>
    [JsonIgnore]
    public IDictionary<string, object> ExtraParams { get; set; } = new Dictionary<string, object>();

    public void AddExpand(string value) => (Expand ??= []).Add(value);

    public void AddExtraParam(string key, object value) => ExtraParams.Add(key, value);

    public void AddRangeExpand(IEnumerable<string> values) => (Expand ??= []).AddRange(values);
}

/// <summary>The parameters of every list.</summary>
public class ListOptions : BaseOptions
{
    /// <summary>1 to 100; 10 when null.</summary>
    public long? Limit { get; set; }

    /// <summary>The page that ends before the object with this id.</summary>
    public string EndingBefore { get; set; }

    /// <summary>The page that starts after the object with this id.</summary>
    public string StartingAfter { get; set; }

    internal ListOptions Copy() => (ListOptions)MemberwiseClone();
}
