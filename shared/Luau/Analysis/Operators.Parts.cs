namespace ToolboxAI.Shared.Luau.Analysis;

// What stands in tables and choices.
internal static partial class Operators
{
    // How deep tables are looked into for where their entries come from.
    private const int TableDepth = 5;

    // Tables of tables may lead around in circles.
    private const int MostEntries = 4_096;

    public static (Taint Taint, TraceStep? Trace) TaintOf(params ReadOnlySpan<Value> values)
    {
        var taint = Taint.None;
        TraceStep? trace = null;
        foreach (var value in values)
        {
            var left = MostEntries;
            Add(value, TableDepth, ref left, ref taint, ref trace);
        }

        return (taint, trace);
    }

    private static void Add(Value value, int depth, ref int left, ref Taint taint, ref TraceStep? trace)
    {
        switch (--left < 0 ? UnknownValue.Plain : value)
        {
            case TableValue table when depth > 0:
                foreach (var item in table.Items)
                {
                    Add(item ?? UnknownValue.Plain, depth - 1, ref left, ref taint, ref trace);
                }

                foreach (var entry in table.Named)
                {
                    Add(entry.Value, depth - 1, ref left, ref taint, ref trace);
                }

                foreach (var entry in table.Others)
                {
                    Add(entry.Value, depth - 1, ref left, ref taint, ref trace);
                }

                if (table.Rest is { } rest)
                {
                    Add(rest, depth - 1, ref left, ref taint, ref trace);
                }

                taint |= table.Keys?.Taint ?? Taint.None;
                trace ??= table.Keys?.Trace;

                break;
            case ChoiceValue choice when depth > 0:
                foreach (var option in choice.Options)
                {
                    Add(option, depth - 1, ref left, ref taint, ref trace);
                }

                break;
            default:
                taint |= value.Taint;
                trace ??= value.Trace;
                break;
        }
    }

    /// <summary>A value, and what stands in it when it is a table: no tables themselves.</summary>
    public static IReadOnlyList<Value> Parts(Value value)
    {
        if (value is not (TableValue or ChoiceValue))
        {
            return [value];
        }

        var parts = new List<Value>();
        AddParts(value, parts);
        return parts;
    }

    /// <summary>Adds a value's parts to a list.</summary>
    public static void AddParts(Value value, List<Value> parts)
    {
        var left = MostEntries;
        AddParts(value, TableDepth, ref left, parts);
    }

    private static void AddParts(Value value, int depth, ref int left, List<Value> parts)
    {
        if (--left < 0)
        {
            return;
        }

        if (value is TableValue table)
        {
            if (table.Keys is { } keys)
            {
                parts.Add(keys);
            }

            if (depth > 0)
            {
                AddEntries(table, depth - 1, ref left, parts);
            }
        }
        else if (value is ChoiceValue choice)
        {
            foreach (var option in choice.Options)
            {
                AddParts(option, option is ChoiceValue ? depth - 1 : depth, ref left, parts);
            }
        }
        else
        {
            parts.Add(value);
        }
    }

    private static void AddEntries(TableValue table, int depth, ref int left, List<Value> parts)
    {
        foreach (var item in table.Items)
        {
            if (item is not null && left >= 0)
            {
                AddParts(item, depth, ref left, parts);
            }
        }

        foreach (var entry in table.Named)
        {
            AddParts(entry.Value, depth, ref left, parts);
        }

        foreach (var entry in table.Others)
        {
            AddParts(entry.Value, depth, ref left, parts);
        }

        if (table.Rest is { } rest)
        {
            AddParts(rest, depth, ref left, parts);
        }
    }
}
