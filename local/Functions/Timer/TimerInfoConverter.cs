using Microsoft.Azure.Functions.Worker.Converters;

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer.Converters;

/// <summary>A timer's parameter may also be a string: the same as JSON, with the names that the host uses.</summary>
internal sealed class TimerInfoConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (context.Source is not TimerInfo timer)
        {
            return new(ConversionResult.Unhandled());
        }

        return new(context.TargetType switch
        {
            var t when t == typeof(TimerInfo) => ConversionResult.Success(timer),
            var t when t == typeof(string) => ConversionResult.Success(System.Text.Json.JsonSerializer.Serialize(timer)),
            _ => ConversionResult.Unhandled(),
        });
    }
}
