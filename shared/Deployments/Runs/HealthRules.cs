using ToolboxAI.Shared.Deployments.Manifest;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>Is an experience well, compared with how it was?</summary>
public static class HealthRules
{
    private const int FewestPlayers = 5;

    /// <summary>What is wrong with a place; null when nothing is. Fewer than five players before say nothing about how many leave.</summary>
    public static string? Verdict(ReleasePolicy policy, string place, HealthSample? baseline, HealthSample now)
    {
        var most = (baseline?.ErrorsPerServerMinute ?? 0) + policy.MaxErrorsPerServerMinute;
        if (now.ErrorsPerServerMinute > most)
        {
            return FormattableString.Invariant($"{place}: {now.ErrorsPerServerMinute:0.#} errors a minute on each server, at most {most:0.#} are allowed.");
        }

        if (baseline is { Players: >= FewestPlayers } before && now.Players < before.Players * (100 - policy.MaxPlayerDropPercent) / 100.0)
        {
            return FormattableString.Invariant($"{place}: {now.Players} players, {before.Players} before; a drop of at most {policy.MaxPlayerDropPercent} % is allowed.");
        }

        return null;
    }
}
