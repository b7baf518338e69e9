using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Http.Converters;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Reads a body for <see cref="Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute"/> as MVC does for a controller: by the content
/// type, with the options of MVC. A body that can't be read fails the invocation.
/// </summary>
internal sealed class FromBodyConversion : IFromBodyConversionFeature
{
    public static FromBodyConversion Instance { get; } = new();

    public async ValueTask<object?> ConvertAsync(FunctionContext context, Type targetType)
    {
        var http = context.GetHttpContext()!;
        var metadata = http.RequestServices.GetRequiredService<IModelMetadataProvider>().GetMetadataForType(targetType);
        var binder = http.RequestServices.GetRequiredService<IModelBinderFactory>().CreateBinder(new()
        {
            Metadata = metadata,
            BindingInfo = new() { BindingSource = BindingSource.Body, BinderType = metadata.BinderType, BinderModelName = metadata.BinderModelName },
        });
        var binding = new DefaultModelBindingContext
        {
            ActionContext = new ActionContext { HttpContext = http },
            BindingSource = BindingSource.Body,
            ModelMetadata = metadata,
            ModelName = metadata.BinderModelName ?? "",
            ModelState = new(),
        };
        await binder.BindModelAsync(binding).ConfigureAwait(false);
        return binding.ModelState.IsValid ? binding.Result.Model : throw new InvalidOperationException(Errors(binding.ModelState));
    }

    private static string Errors(ModelStateDictionary state) => string.Join(
        Environment.NewLine, state.Values.SelectMany(entry => entry.Errors).Select(error => error.Exception?.Message ?? error.ErrorMessage));
}
