namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>The functions of <c>bit32</c> on known numbers.</summary>
internal static class Bits
{
    public static Value? Call(string name, Value[] arguments)
    {
        var numbers = new uint[arguments.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (Operators.Number(arguments[i]) is not { } number || Math.Abs(number) > 1e15)
            {
                return null;
            }

            numbers[i] = unchecked((uint)(long)number);
        }

        uint? result = (name, numbers.Length) switch
        {
            ("bxor", > 0) => numbers.Aggregate((a, b) => a ^ b),
            ("band", > 0) => numbers.Aggregate((a, b) => a & b),
            ("bor", > 0) => numbers.Aggregate((a, b) => a | b),
            ("bnot", 1) => ~numbers[0],
            ("lshift", 2) => Shift(numbers[0], (int)numbers[1]),
            ("rshift", 2) => Shift(numbers[0], -(int)numbers[1]),
            ("lrotate", 2) => System.Numerics.BitOperations.RotateLeft(numbers[0], (int)numbers[1]),
            ("rrotate", 2) => System.Numerics.BitOperations.RotateRight(numbers[0], (int)numbers[1]),
            ("extract", 2) => Extract(numbers[0], (int)numbers[1], 1),
            ("extract", 3) => Extract(numbers[0], (int)numbers[1], (int)numbers[2]),
            _ => null,
        };
        var (taint, trace) = Operators.TaintOf(arguments);
        return result is { } value ? new ConstantValue((double)value) { Taint = taint, Trace = trace } : null;
    }

    private static uint Shift(uint value, int by) => by switch
    {
        >= 32 or <= -32 => 0,
        >= 0 => value << by,
        _ => value >> -by,
    };

    private static uint? Extract(uint value, int field, int width) =>
        field is < 0 or > 31 || width is < 1 or > 32 ? null : (value >> field) & (width == 32 ? uint.MaxValue : (1u << width) - 1);
}
