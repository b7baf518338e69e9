using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Durable.Deployments;

/// <summary>The experience that a run holds.</summary>
internal static class HeldExperience
{
    /// <summary>Gives it back, unless another run has taken it.</summary>
    public static async Task GiveBack(this IExperiences experiences, IUnitOfWork work, DeploymentStart start, CancellationToken ct)
    {
        var experience = await experiences.Lock(work, start.Key, ct);
        if (experience.Holder == start.Id && experience.Fence == start.Fence)
        {
            await experiences.Save(work, experience with { Holder = null }, ct);
        }
    }
}
