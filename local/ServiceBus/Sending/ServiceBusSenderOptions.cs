namespace Azure.Messaging.ServiceBus;

/// <summary>Options of a sender.</summary>
public class ServiceBusSenderOptions
{
    /// <summary>Names the sender in logs.</summary>
    public string? Identifier { get; set; }
}

/// <summary>Options of a batch.</summary>
public class CreateMessageBatchOptions
{
    private long? maxSizeInBytes;

    /// <summary>A limit below the entity's own; at least 24 bytes. Null: the entity's.</summary>
    public long? MaxSizeInBytes
    {
        get => maxSizeInBytes;
        set
        {
            if (value is { } size)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(size, 24);
            }

            maxSizeInBytes = value;
        }
    }
}
