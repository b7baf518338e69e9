namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A table of the script. Its entries change as the script is followed.</summary>
public sealed class TableValue : Value
{
    /// <summary>The most entries that are remembered; what comes after is only merged into <see cref="Rest"/>.</summary>
    public const int MaxEntries = 65_536;

    // The entries 1, 2, 3, …, with nothing where one was taken out; all others.
    private readonly List<Value?> items = [];
    private Dictionary<object, Value>? named;
    private int holes;

    /// <summary>The thread that made it.</summary>
    internal int Activity { get; init; }

    /// <summary>Everything that was stored under a key that is not known.</summary>
    public Value? Rest { get; set; }

    /// <summary>The metatable.</summary>
    public Value? Metatable { get; set; }

    /// <summary>The number of entries 1, 2, 3, …</summary>
    public int Length => items.Count;

    /// <summary>The number of entries whose key is known.</summary>
    public int Count => items.Count - holes + (named?.Count ?? 0);

    /// <summary>What stands in the table, also under keys that are not known.</summary>
    public IEnumerable<Value> Values
    {
        get
        {
            var known = Entries.Select(entry => entry.Value);
            return Rest is null ? known : known.Append(Rest);
        }
    }

    /// <summary>The entries whose key is known, those with numbers from 1 on first.</summary>
    public IEnumerable<KeyValuePair<object, Value>> Entries
    {
        get
        {
            for (var i = 0; i < items.Count; i++)
            {
                if (items[i] is { } value)
                {
                    yield return new(i + 1.0, value);
                }
            }

            foreach (var entry in named ?? [])
            {
                yield return entry;
            }
        }
    }

    /// <summary>Reads an entry whose key is known; nothing when it is not there.</summary>
    public Value? Get(object key) => key switch
    {
        double number when IsItem(number) => items[(int)number - 1],
        _ => named?.GetValueOrDefault(key),
    };

    /// <summary>Adds an entry behind the last one.</summary>
    public void Add(Value value) => Set(items.Count + 1.0, value);

    /// <summary>Writes an entry whose key is known.</summary>
    public void Set(object key, Value value)
    {
        var isNil = value is ConstantValue { Content: null };
        if (key is double number && IsItem(number))
        {
            SetItem((int)number - 1, isNil ? null : value);
        }
        else if (isNil)
        {
            named?.Remove(key);
        }
        else if (Count >= MaxEntries && named?.ContainsKey(key) != true)
        {
            Rest = Join.Of(Rest, value);
        }
        else if (key is double next && next == items.Count + 1)
        {
            items.Add(value);
            while (named is { Count: > 0 } && named.Remove(items.Count + 1.0, out var following))
            {
                items.Add(following);
            }
        }
        else
        {
            (named ??= [])[key] = value;
        }
    }

    /// <inheritdoc/>
    protected override Value Copy(Taint taint, TraceStep? trace) => this;

    private bool IsItem(double number) => number >= 1 && number <= items.Count && number == (int)number;

    private void SetItem(int index, Value? value)
    {
        holes += (value is null ? 1 : 0) - (items[index] is null ? 1 : 0);
        items[index] = value;
        if (value is null && index == items.Count - 1)
        {
            items.RemoveAt(index);
            holes--;
        }
    }
}
