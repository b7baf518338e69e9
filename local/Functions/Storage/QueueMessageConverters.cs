using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker.Converters;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>A message of a storage queue as it is.</summary>
[SupportedTargetType(typeof(QueueMessage))]
internal sealed class QueueMessageConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(context.Source is QueueMessage message ? ConversionResult.Success(message) : ConversionResult.Unhandled());
}

/// <summary>A message's body; text, bytes and JSON are the worker's own converters'.</summary>
[SupportedTargetType(typeof(BinaryData))]
internal sealed class QueueMessageBinaryDataConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(context.Source is QueueMessage message ? ConversionResult.Success(message.Body) : ConversionResult.Unhandled());
}
