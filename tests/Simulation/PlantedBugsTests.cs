using Microsoft.DurableTask;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Tests.Simulation.Dunning;

namespace ToolboxAI.Tests.Simulation;

/// <summary>A simulation that finds nothing proves nothing: here are bugs, and each is found.</summary>
public sealed class PlantedBugsTests
{
    private const int MostSeeds = 10_000;

    [Fact]
    public Task A_try_without_its_idempotency_key_is_found() => IsFound(new SkippedKey(), "paid 2 times", "charged twice");

    [Fact]
    public Task A_lost_timer_is_found() => IsFound(new LostTimer(), "is Running", "Running, but");

    [Fact]
    public Task An_unclear_try_that_counts_as_settled_and_is_settled_again_is_found() => IsFound(new DoubleSettlement(), "says Declined", "paid 2 times");

    private static async Task IsFound(Plants plants, params string[] expected)
    {
        for (var seed = 1; seed <= MostSeeds; seed++)
        {
            var broken = await DunningScenario.Run(seed, Stores.Memory(), plants);
            if (broken.Any(violation => expected.Any(words => violation.Contains(words, StringComparison.Ordinal))))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Found by seed {seed}: {string.Join("; ", broken)}");
                return;
            }
        }

        Assert.Fail($"{MostSeeds} seeds did not find it.");
    }

    /// <summary>Each call of a try has a key of its own.</summary>
    private sealed class SkippedKey : Plants
    {
        private int calls;

        public override IPayments Payments(IPayments real) => new KeyChanging(real, key => $"{key}-{++calls}");
    }

    /// <summary>The third timer of each run never fires.</summary>
    private sealed class LostTimer : Plants
    {
        public override TaskOrchestrationContext Orchestration(TaskOrchestrationContext real) => new TimerLosing(real, lost: 3);
    }

    /// <summary>What is not known to have succeeded is taken for refused.</summary>
    private sealed class DoubleSettlement : Plants
    {
        public override PaymentOutcome Outcome(PaymentOutcome real) => real.Knowledge == PaymentKnowledge.Unknown
            ? new(PaymentKnowledge.Declined, new(null, "generic_decline", null))
            : real;
    }
}
