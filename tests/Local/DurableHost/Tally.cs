using Microsoft.DurableTask.Entities;

namespace ToolboxAI.Tests.DurableHost;

/// <summary>A number that orchestrations add to.</summary>
internal sealed class Tally : TaskEntity<int>
{
    public void Add(int amount) => State += amount;
}
