using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>
/// Hands the values of orchestrations over as they are instead of writing and reading them: a name stands for each in the history.
/// Writing took a third of a run's time and finds its faults in the first few seeds; so one seed in sixteen writes for all of them.
/// Only for values that nobody changes.
/// </summary>
public sealed class HandedOver : DataConverter
{
    /// <summary>The values are written in every seed that this divides.</summary>
    public const int SeedsPerWriting = 16;

    private readonly List<object> values = [];

    /// <summary>The converter of a seed.</summary>
    public static DataConverter Of(int seed) => seed % SeedsPerWriting == 0 ? JsonDataConverter.Default : new HandedOver();

    /// <inheritdoc/>
    public override string? Serialize(object? value)
    {
        if (value is null)
        {
            return null;
        }

        values.Add(value);
        return (values.Count - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override object? Deserialize(string? data, Type targetType)
    {
        if (data is null)
        {
            return null;
        }

        var value = values[int.Parse(data, System.Globalization.CultureInfo.InvariantCulture)];
        return targetType.IsInstanceOfType(value) ? value : JsonDataConverter.Default.Deserialize(JsonDataConverter.Default.Serialize(value), targetType);
    }
}
