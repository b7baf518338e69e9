using System.Net.Http.Headers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Http.Converters;
using Microsoft.Azure.Functions.Worker.Http;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.Converters
{
    /// <summary>Reads the body of the request that an invocation answers.</summary>
    public interface IFromBodyConversionFeature
    {
        /// <summary>Reads it as <paramref name="targetType"/>: text as it is, anything else from JSON.</summary>
        ValueTask<object?> ConvertAsync(FunctionContext context, Type targetType);
    }

    internal sealed class FromBodyConverter : IInputConverter
    {
        public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
        {
            var feature = context.FunctionContext.Features.Get<IFromBodyConversionFeature>() ?? PlainFromBodyConversion.Instance;
            try
            {
                return ConversionResult.Success(await feature.ConvertAsync(context.FunctionContext, context.TargetType).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                return ConversionResult.Failed(e);
            }
        }
    }
}

namespace ToolboxAI.Local.Functions
{
    /// <summary>Reads the body where ASP.NET Core is not configured: as text, as bytes, or from JSON when the content type says so.</summary>
    internal sealed class PlainFromBodyConversion : IFromBodyConversionFeature
    {
        public static PlainFromBodyConversion Instance { get; } = new();

        public async ValueTask<object?> ConvertAsync(FunctionContext context, Type targetType)
        {
            var request = await context.GetHttpRequestDataAsync().ConfigureAwait(false)
                ?? throw new InvalidOperationException("[FromBody] needs an HTTP trigger.");
            if (targetType == typeof(string))
            {
                return await request.ReadAsStringAsync().ConfigureAwait(false);
            }

            if (targetType == typeof(byte[]) || targetType == typeof(Memory<byte>))
            {
                using var bytes = new MemoryStream();
                await request.Body.CopyToAsync(bytes, context.CancellationToken).ConfigureAwait(false);
                return targetType == typeof(byte[]) ? bytes.ToArray() : new Memory<byte>(bytes.ToArray());
            }

            return IsJson(request)
                ? await HttpRequestDataExtensions.Serializer(context).DeserializeAsync(request.Body, targetType, context.CancellationToken).ConfigureAwait(false)
                : throw new InvalidOperationException($"A body binds to {targetType} only when its content type is JSON.");
        }

        private static bool IsJson(HttpRequestData request) => request.Headers.TryGetValues("Content-Type", out var values)
            && MediaTypeHeaderValue.TryParse(values.First(), out var type) && type.MediaType is { } name
            && (name.Equals("application/json", StringComparison.OrdinalIgnoreCase) || name.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }
}

namespace Microsoft.Azure.Functions.Worker.Http
{
    /// <summary>Binds a parameter to the request's body. A malformed body fails the invocation: read it yourself where you want to answer 400.</summary>
    public class FromBodyAttribute : InputConverterAttribute
    {
        /// <summary>Creates the attribute.</summary>
        public FromBodyAttribute()
            : base(typeof(Extensions.Http.Converters.FromBodyConverter))
        {
        }
    }
}
