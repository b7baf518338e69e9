using System.Text;

namespace ToolboxAI.Shared.Luau.Analysis;

// Tables, numbers and code points.
internal static partial class Library
{
    /// <summary>The longest buffer whose bytes are followed.</summary>
    internal const int MaxBuffer = 4096;

    private const int MaxUnpacked = 4096;

    /// <summary>A buffer, as the table of its bytes.</summary>
    internal static TableValue Buffer(int size)
    {
        var bytes = new TableValue();
        for (var i = 0; i < size; i++)
        {
            bytes.Add(ConstantValue.Of(0.0));
        }

        return bytes;
    }

    /// <summary>A part of a buffer as a text; unknown when a byte of it is.</summary>
    internal static Value TextOf(TableValue bytes, int from, int length)
    {
        var values = new Value[Math.Clamp(length, 0, MaxBuffer)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = bytes.At(from + i + 1) ?? UnknownValue.Plain;
        }

        var (taint, trace) = Operators.TaintOf(values);
        return Char(values) ?? (Value)UnknownValue.Plain.With(taint | Taint.Assembled, trace);
    }

    private static Value[] Unpack(TableValue table, int first, int last) =>
        [.. Enumerable.Range(first, Math.Clamp(last - first + 1, 0, MaxUnpacked)).Select(i => table.At(i) ?? table.Get((double)i) ?? ConstantValue.Nil), .. table.Rest is null ? [] : (Value[])[table.Rest]];

    private static TableValue Copy(TableValue table)
    {
        var copy = new TableValue { Rest = table.Rest, Metatable = table.Metatable };
        foreach (var (key, value) in table.Entries)
        {
            copy.Set(key, value);
        }

        return copy;
    }

    private static TableValue Pack(Value[] values)
    {
        var table = new TableValue();
        for (var i = 0; i < values.Length; i++)
        {
            table.Set(i + 1.0, values[i]);
        }

        return table;
    }

    private static ConstantValue? Find(TableValue table, object sought)
    {
        for (var i = 1; i <= table.Length; i++)
        {
            if (table.At(i) is not ConstantValue entry)
            {
                return null;
            }

            if (sought.Equals(entry.Content))
            {
                return new((double)i);
            }
        }

        return ConstantValue.Nil;
    }

    private static ConstantValue? Utf8(Value[] arguments)
    {
        var text = new StringBuilder();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (Integer(arguments, i) is not { } code || !Rune.IsValid(code))
            {
                return null;
            }

            text.Append(new Rune(code));
        }

        return Assembled(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text.ToString())), arguments);
    }

    private static ConstantValue? MathResult(string path, Value[] arguments)
    {
        var numbers = new double[arguments.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (Operators.Number(arguments[i]) is not { } number)
            {
                return null;
            }

            numbers[i] = number;
        }

        double? result = (path[5..], numbers) switch
        {
            ("max", [_, ..]) => numbers.Max(),
            ("min", [_, ..]) => numbers.Min(),
            ("ceil", [var x]) => Math.Ceiling(x),
            ("sqrt", [var x]) => Math.Sqrt(x),
            ("round", [var x]) => Math.Round(x, MidpointRounding.AwayFromZero),
            ("log", [var x]) => Math.Log(x),
            ("exp", [var x]) => Math.Exp(x),
            ("pow", [var x, var y]) => Math.Pow(x, y),
            ("fmod", [var x, var y]) => x % y,
            _ => null,
        };
        return result is { } value ? Operators.Constant(value, arguments[0]) : null;
    }
}
