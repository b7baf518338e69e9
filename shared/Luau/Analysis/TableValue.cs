using System.Runtime.InteropServices;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A table of the script. Its entries change as the script is followed.</summary>
public sealed class TableValue : Value
{
    /// <summary>The most entries that are remembered; what comes after is only merged into <see cref="Rest"/>.</summary>
    public const int MaxEntries = 65_536;

    private static readonly Dictionary<string, Value> NoNames = [];
    private static readonly Dictionary<object, Value> NoOthers = [];

    // The entries 1, 2, 3, …, with nothing where one was taken out; those with names; all others.
    private List<Value?>? items;
    private Dictionary<string, Value>? named;
    private Dictionary<object, Value>? others;
    private int holes;

    /// <summary>The thread that made it.</summary>
    internal int Activity { get; init; }

    /// <summary>When it was made, by <see cref="Journal.Now"/>.</summary>
    internal int Birth { get; init; }

    /// <summary>Everything that was stored under a key that is not known.</summary>
    public Value? Rest { get; set; }

    /// <summary>Where keys come from that are not known, when that is of note.</summary>
    public Value? Keys { get; set; }

    /// <summary>The metatable.</summary>
    public Value? Metatable { get; set; }

    /// <summary>The first table that this one stands behind: an object of the class that it is.</summary>
    internal TableValue? Instance { get; set; }

    /// <summary>The number of entries 1, 2, 3, …</summary>
    public int Length => items?.Count ?? 0;

    /// <summary>The number of entries whose key is known.</summary>
    public int Count => Length - holes + (named?.Count ?? 0) + (others?.Count ?? 0);

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
            for (var i = 0; i < Length; i++)
            {
                if (items![i] is { } value)
                {
                    yield return new(i + 1.0, value);
                }
            }

            foreach (var (name, value) in named ?? NoNames)
            {
                yield return new(name, value);
            }

            foreach (var entry in others ?? NoOthers)
            {
                yield return entry;
            }
        }
    }

    /// <summary>The entries 1, 2, 3, … in order, with nothing where one was taken out.</summary>
    internal ReadOnlySpan<Value?> Items => CollectionsMarshal.AsSpan(items);

    /// <summary>The entries that have a name.</summary>
    internal Dictionary<string, Value> Named => named ?? NoNames;

    /// <summary>The entries under other keys.</summary>
    internal Dictionary<object, Value> Others => others ?? NoOthers;

    /// <summary>Reads an entry whose key is known; nothing when it is not there.</summary>
    public Value? Get(object key) => key switch
    {
        string name => named?.GetValueOrDefault(name),
        double number when IsItem(number) => items![(int)number - 1],
        _ => others?.GetValueOrDefault(key),
    };

    /// <summary>The same table when time has passed: its numbers and switches may have changed, and its lists may have grown.</summary>
    internal TableValue AtAnyTime()
    {
        foreach (var (key, value) in Entries.ToList())
        {
            if (value is TableValue list)
            {
                list.Rest ??= UnknownValue.Plain;
            }
            else if (value is ConstantValue { Content: bool or double })
            {
                Set(key, UnknownValue.Plain.With(value.Taint | (value is ConstantValue { Content: double } ? Taint.Number : Taint.None), value.Trace));
            }
        }

        return this;
    }

    /// <summary>A value, or one of the first few entries.</summary>
    internal Value? OrFirst(Value? value, int most)
    {
        var joined = value;
        for (var i = 0; i < Length && most > 0; i++)
        {
            if (items![i] is { } item)
            {
                joined = Join.Of(joined, item);
                most--;
            }
        }

        foreach (var entry in Named)
        {
            if (most-- <= 0)
            {
                return joined;
            }

            joined = Join.Of(joined, entry.Value);
        }

        foreach (var entry in Others)
        {
            if (most-- <= 0)
            {
                return joined;
            }

            joined = Join.Of(joined, entry.Value);
        }

        return joined;
    }

    /// <summary>The entry at a place from 1 on; nothing when it is not there.</summary>
    internal Value? At(int place) => place >= 1 && place <= Length ? items![place - 1] : null;

    /// <summary>Adds an entry behind the last one.</summary>
    public void Add(Value value)
    {
        if (others is null && Count < MaxEntries && value is not ConstantValue { Content: null })
        {
            (items ??= []).Add(value);
        }
        else
        {
            Set(Length + 1.0, value);
        }
    }

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
            Remove(key);
        }
        else if (Count >= MaxEntries && Get(key) is null)
        {
            Rest = Join.Of(Rest, value);
        }
        else if (key is string name)
        {
            (named ??= [])[name] = value;
        }
        else if (key is double next && next == Length + 1)
        {
            (items ??= []).Add(value);
            while (others is { Count: > 0 } && others.Remove(items.Count + 1.0, out var following))
            {
                items.Add(following);
            }
        }
        else
        {
            (others ??= [])[key] = value;
        }
    }

    /// <inheritdoc/>
    protected override Value Copy(Taint taint, TraceStep? trace) => this;

    private bool IsItem(double number) => number >= 1 && number <= Length && number == (int)number;

    private void Remove(object key)
    {
        if (key is string name)
        {
            named?.Remove(name);
        }
        else
        {
            others?.Remove(key);
        }
    }

    private void SetItem(int index, Value? value)
    {
        holes += (value is null ? 1 : 0) - (items![index] is null ? 1 : 0);
        items[index] = value;
        if (value is null && index == items.Count - 1)
        {
            items.RemoveAt(index);
            holes--;
        }
    }
}
