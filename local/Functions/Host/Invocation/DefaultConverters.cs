using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.Options;

namespace ToolboxAI.Local.Functions;

/// <summary>The source already has the type wanted.</summary>
internal sealed class TypeConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(context.TargetType.IsInstanceOfType(context.Source) ? ConversionResult.Success(context.Source) : ConversionResult.Unhandled());
}

/// <summary>A number of another size. On the real host a trigger's data travel as JSON, where numbers have no size.</summary>
internal sealed class NumberConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        var target = Nullable.GetUnderlyingType(context.TargetType) ?? context.TargetType;
        if (context.Source is not (int or long or double or decimal) || !IsNumber(Type.GetTypeCode(target)) || target.IsEnum)
        {
            return new(ConversionResult.Unhandled());
        }

        try
        {
            return new(ConversionResult.Success(Convert.ChangeType(context.Source, target, System.Globalization.CultureInfo.InvariantCulture)));
        }
        catch (OverflowException e)
        {
            return new(ConversionResult.Failed(e));
        }
    }

    private static bool IsNumber(TypeCode code) => code is >= TypeCode.SByte and <= TypeCode.Decimal;
}

/// <summary>Text that is a GUID.</summary>
internal sealed class GuidConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if ((Nullable.GetUnderlyingType(context.TargetType) ?? context.TargetType) != typeof(Guid) || context.Source is not string text)
        {
            return new(ConversionResult.Unhandled());
        }

        return new(Guid.TryParse(text, out var guid) ? ConversionResult.Success(guid)
            : ConversionResult.Failed(new FormatException($"'{text}' is not a GUID.")));
    }
}

/// <summary>Text that is a date, with or without time and offset.</summary>
internal sealed class DateTimeConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        var target = Nullable.GetUnderlyingType(context.TargetType) ?? context.TargetType;
        if (context.Source is not string text)
        {
            return new(ConversionResult.Unhandled());
        }

        if (target == typeof(DateTimeOffset) && DateTimeOffset.TryParse(text, out var moment))
        {
            return new(ConversionResult.Success(moment));
        }

        return new(target == typeof(DateTime) && DateTime.TryParse(text, out var time) ? ConversionResult.Success(time) : ConversionResult.Unhandled());
    }
}

/// <summary>Bytes in another wrapping, and text from bytes.</summary>
internal sealed class BytesConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (!TryBytes(context.Source, out var content))
        {
            return new(ConversionResult.Unhandled());
        }

        object? value = context.TargetType switch
        {
            var t when t == typeof(string) => Encoding.UTF8.GetString(content.Span),
            var t when t == typeof(byte[]) => content.ToArray(),
            var t when t == typeof(ReadOnlyMemory<byte>) => content,
            var t when t == typeof(BinaryData) => BinaryData.FromBytes(content),
            var t when t == typeof(Stream) => new MemoryStream(content.ToArray(), writable: false),
            _ => null,
        };
        return new(value is null ? ConversionResult.Unhandled() : ConversionResult.Success(value));
    }

    internal static bool TryBytes(object? source, out ReadOnlyMemory<byte> bytes)
    {
        bytes = source switch
        {
            string text => Encoding.UTF8.GetBytes(text),
            byte[] array => array,
            ReadOnlyMemory<byte> memory => memory,
            BinaryData data => data.ToMemory(),
            _ => default(ReadOnlyMemory<byte>),
        };
        return source is string or byte[] or ReadOnlyMemory<byte> or BinaryData;
    }
}

/// <summary>JSON, as text, bytes or the body of a request, into any other type.</summary>
internal sealed class JsonPocoConverter(IOptions<WorkerOptions> options) : IInputConverter
{
    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (context.TargetType == typeof(string))
        {
            return ConversionResult.Unhandled();
        }

        try
        {
            var source = context.Source is HttpContext ? await BodyAsync(context).ConfigureAwait(false) : context.Source;
            if (!BytesConverter.TryBytes(source, out var content))
            {
                return ConversionResult.Unhandled();
            }

            using var stream = new MemoryStream(content.ToArray());
            return ConversionResult.Success(await options.Value.Serializer!
                .DeserializeAsync(stream, context.TargetType, CancellationToken.None).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            return ConversionResult.Failed(e);
        }
    }

    // The body is left as it was found, for others who read the request.
    private static async ValueTask<BinaryData> BodyAsync(ConverterContext context)
    {
        var request = await context.FunctionContext.GetHttpRequestDataAsync().ConfigureAwait(false);
        if (request is not { Body.CanSeek: true })
        {
            throw new InvalidOperationException(
                $"With the ASP.NET Core integration a trigger's parameter is an HttpRequest; a body binds to {context.TargetType} by [FromBody].");
        }

        var body = await BinaryData.FromStreamAsync(request.Body, context.FunctionContext.CancellationToken).ConfigureAwait(false);
        request.Body.Position = 0;
        return body;
    }
}

/// <summary>A batch: each element on its own, into an array or a list.</summary>
internal sealed class ArrayConverter(IOptions<WorkerOptions> options) : IInputConverter
{
    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        var element = context.TargetType.IsArray ? context.TargetType.GetElementType()
            : context.TargetType.IsGenericType && context.TargetType.IsAssignableFrom(typeof(List<>).MakeGenericType(context.TargetType.GetGenericArguments()[0]))
                ? context.TargetType.GetGenericArguments()[0] : null;
        if (element is null || context.Source is not IReadOnlyList<BinaryData> sources)
        {
            return ConversionResult.Unhandled();
        }

        var values = Array.CreateInstance(element, sources.Count);
        for (var i = 0; i < sources.Count; i++)
        {
            values.SetValue(await ElementAsync(element, sources[i]).ConfigureAwait(false), i);
        }

        return ConversionResult.Success(context.TargetType.IsArray ? values : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), values));
    }

    private async ValueTask<object?> ElementAsync(Type element, BinaryData source)
    {
        if (element == typeof(string))
        {
            return source.ToString();
        }

        if (element == typeof(byte[]) || element == typeof(BinaryData))
        {
            return element == typeof(BinaryData) ? source : source.ToArray();
        }

        using var stream = source.ToStream();
        return await options.Value.Serializer!.DeserializeAsync(stream, element, CancellationToken.None).ConfigureAwait(false);
    }
}
