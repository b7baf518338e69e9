using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>The language's pure functions, computed when all that they need is known. Texts are one character per byte.</summary>
internal static partial class Library
{
    private const int MaxText = 1 << 20;

    private static readonly string[] Letters = [.. Enumerable.Range(0, 256).Select(letter => ((char)letter).ToString())];

    /// <summary>The results of a call, or nothing when it isn't a pure function with known arguments.</summary>
    public static Results Call(string path, Value[] arguments, ref int steps)
    {
        var result = path switch
        {
            "string.char" => Char(arguments),
            "string.byte" => null,
            "string.reverse" when Text(arguments, 0) is { } text => Assembled(new string([.. text.Reverse()]), arguments),
            "string.rep" when Text(arguments, 0) is { } text && Integer(arguments, 1) is { } times => Repeat(text, times, Text(arguments, 2) ?? "", arguments),
            "string.sub" when Text(arguments, 0) is { } text => Sub(text, arguments),
            "string.lower" when Text(arguments, 0) is { } text => Operators.Constant(text.ToLowerInvariant(), arguments[0]),
            "string.upper" when Text(arguments, 0) is { } text => Operators.Constant(text.ToUpperInvariant(), arguments[0]),
            "string.len" when Text(arguments, 0) is { } text => Operators.Constant((double)text.Length, arguments[0]),
            "string.format" => TextFormat.Apply(arguments),
            "string.split" when Text(arguments, 0) is { } text => Split(text, Text(arguments, 1) ?? ",", arguments),
            "tostring" when arguments.Length > 0 => Operators.ToText(arguments[0]),
            "tonumber" => ToNumber(arguments),
            "table.concat" => Concat(arguments),
            "math.floor" when Operators.Number(Argument(arguments, 0)) is { } x => Operators.Constant(Math.Floor(x), arguments[0]),
            "math.abs" when Operators.Number(Argument(arguments, 0)) is { } x => Operators.Constant(Math.Abs(x), arguments[0]),
            "type" or "typeof" when arguments.Length > 0 => TypeOf(arguments[0]),
            "buffer.fromstring" or "buffer.tostring" when Text(arguments, 0) is { } text => Assembled(text, arguments),
            "buffer.readu8" when Text(arguments, 0) is { } text && Integer(arguments, 1) is { } at && at >= 0 && at < text.Length => Operators.Constant((double)text[at], arguments[0]),
            "buffer.readstring" when Text(arguments, 0) is { } text && Integer(arguments, 1) is { } at && Integer(arguments, 2) is { } length && at >= 0 && length >= 0 && at + length <= text.Length => Assembled(text.Substring(at, length), arguments),
            "buffer.len" when Text(arguments, 0) is { } text => Operators.Constant((double)text.Length, arguments[0]),
            "utf8.char" => Utf8(arguments),
            "table.freeze" when arguments.Length > 0 => arguments[0],
            "table.clone" when Argument(arguments, 0) is TableValue table => Copy(table),
            "table.pack" => Pack(arguments),
            "table.create" when Integer(arguments, 0) is >= 0 and <= 4096 and var count => Pack([.. Enumerable.Repeat(Argument(arguments, 1), count)]),
            "table.find" when Argument(arguments, 0) is TableValue { Rest: null } table && Argument(arguments, 1) is ConstantValue { Content: { } sought } => Find(table, sought),
            "math.max" or "math.min" or "math.ceil" or "math.sqrt" or "math.round" or "math.pow" or "math.fmod" or "math.log" or "math.exp" => MathResult(path, arguments),
            _ when path.StartsWith("bit32.", StringComparison.Ordinal) => Bits.Call(path[6..], arguments),
            _ => null,
        };
        if (result is not null)
        {
            steps -= result is ConstantValue { Text: { } made } ? made.Length / 16 : 1;
            return result;
        }

        return path switch
        {
            "string.byte" => Bytes(arguments),
            "string.gsub" when Patterns.ReplaceLiterally(arguments) is { } replaced => (Value[])[replaced, UnknownValue.Plain],
            "string.find" => Patterns.First(arguments, withBounds: true),
            "string.match" => Patterns.First(arguments, withBounds: false),
            "table.unpack" or "unpack" when Argument(arguments, 0) is TableValue table => Unpack(table, Integer(arguments, 1) ?? 1, Integer(arguments, 2) ?? table.Length),
            "select" => Select(arguments),
            "string.gmatch" when Text(arguments, 0) is { } text && Text(arguments, 1) is { } pattern => Patterns.Matches(text, pattern, arguments),
            _ => null,
        };
    }

    internal static Value Argument(Value[] arguments, int index) => index < arguments.Length ? arguments[index] : ConstantValue.Nil;

    internal static string? Text(Value[] arguments, int index) => index < arguments.Length ? Operators.TextOf(arguments[index]) : null;

    internal static int? Integer(Value[] arguments, int index) =>
        index < arguments.Length && Operators.Number(arguments[index]) is { } number && Math.Abs(number) < 1e9 ? (int)number : null;

    internal static ConstantValue Assembled(string text, Value[] from)
    {
        var (taint, trace) = Operators.TaintOf(from);
        return new(text) { Taint = taint | Taint.Assembled, Trace = trace };
    }

    private static ConstantValue? Char(Value[] arguments)
    {
        var text = new char[arguments.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (Integer(arguments, i) is not { } code || code is < 0 or > 255)
            {
                return null;
            }

            text[i] = (char)code;
        }

        return Assembled(new(text), arguments);
    }

    private static Value[]? Bytes(Value[] arguments)
    {
        if (Text(arguments, 0) is not { } text)
        {
            return null;
        }

        var first = arguments.Length > 1 ? Integer(arguments, 1) : 1;
        var last = arguments.Length > 2 ? Integer(arguments, 2) : first;
        if (first is null || last is null)
        {
            return null;
        }

        var (from, to) = Range(text.Length, first.Value, last.Value);
        var bytes = from > to ? [] : new Value[to - from + 1];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Operators.Constant((double)text[from - 1 + i], arguments[0]);
        }

        return bytes;
    }

    private static ConstantValue? Sub(string text, Value[] arguments)
    {
        var first = arguments.Length > 1 ? Integer(arguments, 1) : 1;
        var last = arguments.Length > 2 ? Integer(arguments, 2) : -1;
        if (first is null || last is null)
        {
            return null;
        }

        var (from, to) = Range(text.Length, first.Value, last.Value);
        return Assembled(from > to ? "" : Part(text, from - 1, to), arguments);
    }

    // A part of a text; of one letter there is one already, because decoding goes letter by letter.
    internal static string Part(string text, int from, int to) => to - from == 1 && text[from] < Letters.Length ? Letters[text[from]] : text[from..to];

    // Positions count from 1, negative ones from the end.
    private static (int From, int To) Range(int length, int first, int last) => (
        Math.Max(first < 0 ? length + first + 1 : first, 1),
        Math.Min(last < 0 ? length + last + 1 : last, length));

    private static ConstantValue? Repeat(string text, int times, string separator, Value[] arguments) =>
        times <= 0
            ? Operators.Constant("", arguments[0])
            : (long)(text.Length + separator.Length) * times > MaxText ? null : Operators.Constant(string.Join(separator, Enumerable.Repeat(text, times)), arguments[0]);

    private static TableValue? Split(string text, string separator, Value[] arguments)
    {
        var table = new TableValue();
        var parts = separator.Length == 0 ? text.Select(c => c.ToString()) : text.Split(separator);
        var index = 1.0;
        foreach (var part in parts)
        {
            table.Set(index++, Operators.Constant(part, arguments[0]));
        }

        return table;
    }

    private static ConstantValue? ToNumber(Value[] arguments)
    {
        if (Text(arguments, 0) is not { } text)
        {
            return null;
        }

        if (Integer(arguments, 1) is not { } radix)
        {
            return LuauNumber.Parse(text.AsSpan().Trim()) is { } number ? Operators.Constant(number, arguments[0]) : Operators.Constant(null, arguments[0]);
        }

        double value = 0;
        foreach (var c in text.Trim().ToUpperInvariant())
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetterUpper(c) ? c - 'A' + 10 : 99;
            if (digit >= radix)
            {
                return Operators.Constant(null, arguments[0]);
            }

            value = (value * radix) + digit;
        }

        return Operators.Constant(value, arguments[0]);
    }

    // The beginning up to the first piece that isn't known is enough to see the host of an address.
    private static Value? Concat(Value[] arguments)
    {
        if (Argument(arguments, 0) is not TableValue { Rest: null, Length: > 0 } table || (arguments.Length > 1 && Text(arguments, 1) is null))
        {
            return null;
        }

        var separator = Text(arguments, 1) ?? "";
        var text = new System.Text.StringBuilder();
        var values = new List<Value>();
        int? known = null;
        for (var i = 1; i <= table.Length && text.Length < MaxText; i++)
        {
            var value = table.At(i) ?? ConstantValue.Nil;
            values.Add(value);
            text.Append(i > 1 ? separator : "");
            if (Operators.TextOf(value) is { } piece)
            {
                text.Append(piece);
            }
            else
            {
                known ??= text.Length;
                text.Append((value as PrefixValue)?.Pieces ?? PrefixValue.Gap);
            }
        }

        var whole = Assembled(text.ToString(), [.. values]);
        return known is null ? whole : new PrefixValue(whole.Text![..known.Value], whole.Text) { Taint = whole.Taint, Trace = whole.Trace };
    }

    private static ConstantValue? TypeOf(Value value) => value switch
    {
        ConstantValue constant => new(constant.Content switch { null => "nil", bool => "boolean", double => "number", _ => "string" }),
        TableValue => new("table"),
        FunctionValue => new("function"),
        _ => null,
    };

    private static Value[]? Select(Value[] arguments) => Argument(arguments, 0) switch
    {
        ConstantValue { Content: "#" } => [new ConstantValue((double)(arguments.Length - 1))],
        ConstantValue { Content: double n } when n >= 1 && n < 1e6 => [.. arguments.Skip((int)n)],
        ConstantValue { Content: double n } when n < 0 && -n < arguments.Length => [.. arguments.Skip(arguments.Length + (int)n)],
        _ => null,
    };
}
