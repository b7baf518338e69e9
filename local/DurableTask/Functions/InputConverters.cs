using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>An activity's input on its way to the trigger's parameter.</summary>
internal sealed record ActivityInput(string? Text, DataConverter Converter);

/// <summary>Reads an activity's input as the trigger's parameter type.</summary>
internal sealed class ActivityInputConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (context.Source is not ActivityInput input)
        {
            return new(ConversionResult.Unhandled());
        }

        // Without an input the binder decides: null where the type allows it, an error where it does not.
        if (string.IsNullOrEmpty(input.Text) || input.Text == "null")
        {
            return new(ConversionResult.Unhandled());
        }

        try
        {
            return new(ConversionResult.Success(input.Converter.Deserialize(input.Text, context.TargetType)));
        }
        catch (Exception e)
        {
            return new(ConversionResult.Failed(e));
        }
    }
}

/// <summary>Reads an orchestration's input as the type of an orchestrator's further parameter.</summary>
internal sealed class OrchestrationInputConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (context.FunctionContext.Features.Get<OrchestrationInvocation>() is not { } orchestration
            || context.Source is not null || context.TryGetBindingAttribute<Attribute>(out _))
        {
            return new(ConversionResult.Unhandled());
        }

        try
        {
            var value = orchestration.Converter.Deserialize(orchestration.Context.RawInput, context.TargetType);
            return new(value is null ? ConversionResult.Unhandled() : ConversionResult.Success(value));
        }
        catch (Exception e)
        {
            return new(ConversionResult.Failed(e));
        }
    }
}

/// <summary>Gives the client of the application's hub.</summary>
internal sealed class DurableTaskClientConverter(FunctionsHub hub, HostKeys keys, IServiceProvider services) : IInputConverter
{
    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (context.TargetType != typeof(DurableTaskClient))
        {
            return ConversionResult.Unhandled();
        }

        var taskHub = context.TryGetBindingAttribute<DurableClientAttribute>(out var attribute) ? ((DurableClientAttribute)attribute).TaskHub : null;
        var key = await keys.SystemKeyAsync(ManagementEndpoints.SystemKey, context.FunctionContext.CancellationToken).ConfigureAwait(false);
        var address = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return ConversionResult.Success(hub.CreateClient(
            taskHub,
            address is null ? null : address.TrimEnd('/') + ManagementEndpoints.Root,
            ManagementEndpoints.Query(string.IsNullOrEmpty(taskHub) ? hub.Name : taskHub, key)));
    }
}
