using System.Globalization;
using System.Text;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary><c>string.format</c> with the directives that texts are put together with: %s, %d, %i, %c, %x, %X, %o, %q, %%, and widths.</summary>
internal static class TextFormat
{
    // Ways on which a text that is one of a few may be filled in.
    private const int MostWays = 24;

    public static Value? Apply(Value[] arguments) => Apply(arguments, MostWays);

    private static Value? Apply(Value[] arguments, int ways)
    {
        if (Array.FindIndex(arguments, argument => argument is ChoiceValue choice && choice.Options.Length <= ways) is not (>= 0 and var chosen))
        {
            return Fill(arguments);
        }

        var options = ((ChoiceValue)arguments[chosen]).Options;
        Value? joined = null;
        foreach (var option in options)
        {
            if (Apply([.. arguments[..chosen], option, .. arguments[(chosen + 1)..]], ways / options.Length) is not { } made)
            {
                return null;
            }

            joined = Join.Of(joined, made);
        }

        return joined;
    }

    private static Value? Fill(Value[] arguments)
    {
        if (Library.Text(arguments, 0) is not { } format)
        {
            return null;
        }

        var text = new StringBuilder();
        var used = new List<Value> { arguments[0] };
        var next = 1;
        string? beginning = null;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            var start = ++i;
            while (i < format.Length && (char.IsAsciiDigit(format[i]) || format[i] is '-' or '+' or ' ' or '#' or '.'))
            {
                i++;
            }

            if (i >= format.Length)
            {
                return null;
            }

            if (format[i] == '%')
            {
                text.Append('%');
                continue;
            }

            var argument = Library.Argument(arguments, next++);
            used.Add(argument);
            if (Directive(format[i], argument) is not { } piece)
            {
                beginning ??= text.ToString();
                text.Append(PrefixValue.Gap);
                continue;
            }

            text.Append(Pad(piece, format[start..i]));
        }

        if (beginning is not null)
        {
            var (taint, trace) = Operators.TaintOf(arguments);
            return new PrefixValue(beginning, text.ToString()) { Taint = taint, Trace = trace };
        }

        return Library.Assembled(text.ToString(), [.. used]) is var made && used.Count == 1 ? Operators.Constant(made.Content, arguments[0]) : made;
    }

    private static string? Directive(char directive, Value argument) => directive switch
    {
        's' or 'q' => Operators.TextOf(argument),
        'd' or 'i' or 'u' => Operators.Number(argument) is { } n ? ((long)n).ToString(CultureInfo.InvariantCulture) : null,
        'c' => Operators.Number(argument) is >= 0 and <= 255 and var n ? ((char)n).ToString() : null,
        'x' => Operators.Number(argument) is { } n ? ((long)n).ToString("x", CultureInfo.InvariantCulture) : null,
        'X' => Operators.Number(argument) is { } n ? ((long)n).ToString("X", CultureInfo.InvariantCulture) : null,
        'f' or 'g' => Operators.TextOf(argument),
        _ => null,
    };

    private static string Pad(string piece, string flags)
    {
        var digits = flags.TrimStart('-', '+', ' ', '#');
        var isZero = digits.StartsWith('0');
        var dot = digits.IndexOf('.');
        if (!int.TryParse(dot >= 0 ? digits[..dot] : digits, CultureInfo.InvariantCulture, out var width) || width > 99)
        {
            return piece;
        }

        return flags.StartsWith('-') ? piece.PadRight(width) : piece.PadLeft(width, isZero ? '0' : ' ');
    }
}
