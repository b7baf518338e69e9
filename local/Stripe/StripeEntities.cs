using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Has an id.</summary>
public interface IHasId
{
    string Id { get; set; }
}

/// <summary>Carries key-value pairs of ours.</summary>
public interface IHasMetadata
{
    Dictionary<string, string> Metadata { get; set; }
}

/// <summary>Says of which type it is, for example <c>invoice</c>.</summary>
public interface IHasObject
{
    string Object { get; set; }
}

/// <summary>Anything that the API answers.</summary>
public interface IStripeEntity
{
    /// <summary>The answer that it came in; null for what lies inside another object.</summary>
    StripeResponse StripeResponse { get; set; }
}

/// <summary>What moves money on the account's balance.</summary>
public interface IBalanceTransactionSource : IStripeEntity, IHasId, IHasObject;

/// <summary>Anything that the API answers.</summary>
public abstract class StripeEntity : IStripeEntity
{
    /// <summary>The JSON that it was read from. Here it is kept of the outermost object and of an event's object.</summary>
    [JsonIgnore]
    public JsonElement? RawJsonElement { get; protected set; }

    /// <inheritdoc/>
    [JsonIgnore]
    public StripeResponse StripeResponse { get; set; }

    /// <summary>Reads an object whose type its <c>object</c> field names; null when this library does not know it.</summary>
    public static IHasObject FromJson(string value) => JsonSerializer.Deserialize<IHasObject>(value, StripeConfiguration.SerializerOptions);

    /// <summary>Reads an object.</summary>
    public static T FromJson<T>(string value)
        where T : IStripeEntity
    {
        var entity = JsonSerializer.Deserialize<T>(value, StripeConfiguration.SerializerOptions);
        (entity as StripeEntity)?.KeepRaw(value);
        return entity;
    }

    /// <summary>The object as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GetType(), StripeConfiguration.SerializerOptions);

    /// <inheritdoc/>
    public override string ToString() => $"<{GetType().FullName} id={(this as IHasId)?.Id}> JSON: {ToJson()}";

    internal void KeepRaw(string json)
    {
        using var document = JsonDocument.Parse(json);
        RawJsonElement = document.RootElement.Clone();
    }
}

/// <summary>Anything that the API answers, of a known type.</summary>
public abstract class StripeEntity<T> : StripeEntity
    where T : StripeEntity<T>
{
    /// <summary>Reads an object.</summary>
    public static new T FromJson(string value) => FromJson<T>(value);
}

/// <summary>One page of a list.</summary>
public class StripeList<T> : StripeEntity<StripeList<T>>, IHasObject
{
    public string Object { get; set; }

    public List<T> Data { get; set; }

    /// <summary>Whether there is another page after (or, with <c>ending_before</c>, before) this one.</summary>
    public bool HasMore { get; set; }

    public string Url { get; set; }

    /// <summary>Goes through this page's objects.</summary>
    public IEnumerator<T> GetEnumerator() => Data.GetEnumerator();

    /// <summary>Turns the page's order round.</summary>
    public void Reverse() => Data.Reverse();
}

/// <summary>A reference in the API's answer: an id, or the whole object where the request asked to expand it.</summary>
internal sealed class ExpandableField<T>
    where T : class, IHasId
{
    public string Id { get; private init; }

    public T ExpandedObject { get; private init; }

    public static ExpandableField<T> WithId(string id, ExpandableField<T> current) =>
        id is null ? null : new() { Id = id, ExpandedObject = current?.Id == id ? current.ExpandedObject : null };

    public static ExpandableField<T> With(T expanded) => expanded is null ? null : new() { Id = expanded.Id, ExpandedObject = expanded };
}
