using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>A message, or a batch of them: as it is, or its body as text, bytes or from JSON.</summary>
internal sealed class ServiceBusReceivedMessageConverter(IOptions<WorkerOptions> options) : IInputConverter
{
    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        try
        {
            return context.Source switch
            {
                ServiceBusReceivedMessage message => ConversionResult.Success(await ValueAsync(message, context.TargetType).ConfigureAwait(false)),
                IReadOnlyList<ServiceBusReceivedMessage> batch => await BatchAsync(batch, context.TargetType).ConfigureAwait(false),
                _ => ConversionResult.Unhandled(),
            };
        }
        catch (JsonException e)
        {
            return ConversionResult.Failed(e);
        }
    }

    private async ValueTask<ConversionResult> BatchAsync(IReadOnlyList<ServiceBusReceivedMessage> batch, Type target)
    {
        var element = target.IsArray ? target.GetElementType()! : target.IsGenericType ? target.GetGenericArguments()[0] : null;
        if (element is null)
        {
            return ConversionResult.Failed(new InvalidOperationException($"A batch binds to an array or a list, not to {target}."));
        }

        var values = Array.CreateInstance(element, batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            values.SetValue(await ValueAsync(batch[i], element).ConfigureAwait(false), i);
        }

        return ConversionResult.Success(target.IsInstanceOfType(values) ? values : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), values));
    }

    private async ValueTask<object?> ValueAsync(ServiceBusReceivedMessage message, Type target)
    {
        if (target == typeof(ServiceBusReceivedMessage))
        {
            return message;
        }

        if (target == typeof(string))
        {
            return message.Body.ToString();
        }

        if (target == typeof(BinaryData))
        {
            return message.Body;
        }

        if (target == typeof(byte[]))
        {
            return message.Body.ToArray();
        }

        if (target == typeof(ReadOnlyMemory<byte>))
        {
            return message.Body.ToMemory();
        }

        using var stream = message.Body.ToStream();
        return target == typeof(Stream)
            ? new MemoryStream(message.Body.ToArray(), writable: false)
            : await options.Value.Serializer!.DeserializeAsync(stream, target, CancellationToken.None).ConfigureAwait(false);
    }
}
