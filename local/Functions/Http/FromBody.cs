using Microsoft.Azure.Functions.Worker.Converters;

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
            if (context.FunctionContext.Features.Get<IFromBodyConversionFeature>() is not { } feature)
            {
                return ConversionResult.Unhandled();
            }

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
