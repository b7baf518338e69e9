using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.DurableTask.Entities;

/// <summary>An entity's id: its name (kept in lower case) and its key (kept as it is).</summary>
[JsonConverter(typeof(EntityInstanceIdJson))]
public readonly struct EntityInstanceId : IEquatable<EntityInstanceId>
{
    /// <summary>Creates an id. The name must not be empty nor contain '@'.</summary>
    public EntityInstanceId(string name, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        if (name.Contains('@'))
        {
            throw new ArgumentException("An entity's name must not contain '@'.", nameof(name));
        }

        Name = name.ToLowerInvariant();
        Key = key;
    }

    /// <summary>The name, in lower case.</summary>
    public string Name { get; }

    /// <summary>The key.</summary>
    public string Key { get; }

    public static bool operator ==(EntityInstanceId left, EntityInstanceId right) => left.Equals(right);

    public static bool operator !=(EntityInstanceId left, EntityInstanceId right) => !left.Equals(right);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="ArgumentException">It is no entity's id.</exception>
    public static EntityInstanceId FromString(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var second = instanceId[0] == '@' ? instanceId.IndexOf('@', 1) : -1;
        return second > 1
            ? new EntityInstanceId(instanceId[1..second], instanceId[(second + 1)..])
            : throw new ArgumentException($"Instance id '{instanceId}' is not an entity's.", nameof(instanceId));
    }

    /// <summary>Refuses the id that nobody made: the default of the struct.</summary>
    /// <exception cref="ArgumentNullException">It has no name.</exception>
    internal void ThrowIfEmpty() => ArgumentNullException.ThrowIfNull(Name, "id");

    public bool Equals(EntityInstanceId other) => string.Equals(Name, other.Name) && string.Equals(Key, other.Key);

    public override bool Equals(object? obj) => obj is EntityInstanceId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Name, Key);

    /// <summary><c>@name@key</c>: the instance id under which the entity is stored.</summary>
    public override string ToString() => $"@{Name}@{Key}";

    private sealed class EntityInstanceIdJson : JsonConverter<EntityInstanceId>
    {
        public override EntityInstanceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return FromString(reader.GetString()!);
            }

            using var document = JsonDocument.ParseValue(ref reader);
            return new EntityInstanceId(
                document.RootElement.GetProperty("name").GetString()!, document.RootElement.GetProperty("key").GetString()!);
        }

        public override void Write(Utf8JsonWriter writer, EntityInstanceId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
