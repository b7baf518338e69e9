using ToolboxAI.Tests.Simulation.Deployments;
using ToolboxAI.Tests.Simulation.Dunning;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Simulation.Planted;
using ToolboxAI.Tests.Simulation.Scenarios;

namespace ToolboxAI.Tests.Simulation;

/// <summary>A simulation that finds nothing proves nothing: here are bugs, and each is found, by what it breaks.</summary>
public sealed class PlantedBugsTests
{
    private const int MostSeeds = 10_000;

    [Fact]
    public Task A_try_without_its_idempotency_key_is_found() => IsFound(DunningScenario.Name, new SkippedKey(), "paid 2 times", "its charge says");

    [Fact]
    public Task A_lost_timer_is_found() => IsFound(DunningScenario.Name, new LostTimer(3), "is Running", "Running, but");

    [Fact]
    public Task An_unclear_try_that_counts_as_settled_and_is_settled_again_is_found() =>
        IsFound(DunningScenario.Name, new DoubleSettlement(), "says Declined", "paid 2 times");

    [Fact]
    public Task A_missing_lease_check_is_found() => IsFound(OrchestrationsScenario.Name, new MissingLeaseCheck(), "is Failed", "is Running", "came to", "got the events");

    [Fact]
    public Task A_branch_that_is_not_deterministic_is_found() => IsFound(OrchestrationsScenario.Name, new WallClock(), "is not deterministic");

    [Fact]
    public Task A_row_of_the_outbox_that_is_sent_before_its_commit_is_found() => IsFound(OutboxScenario.Name, new SentBeforeCommit(), "is not committed");

    [Fact]
    public Task An_event_that_is_buffered_and_lost_over_continue_as_new_is_found() =>
        IsFound(OrchestrationsScenario.Name, new LostEvent(), "is Running", "got the events");

    [Fact]
    public Task An_entity_s_lock_that_is_not_released_is_found() => IsFound(EntitiesScenario.Name, new LockNotReleased(), "still locked");

    [Fact]
    public Task A_paid_upload_that_is_repeated_after_a_lost_answer_is_found() => IsFound(DeploymentScenario.Name, new RepeatedUpload(), "was paid 2 times");

    [Fact]
    public Task A_rollback_that_leaves_models_as_they_are_is_found() => IsFound(DeploymentScenario.Name, new ForgottenModels(), "does not have version");

    [Fact]
    public Task A_failed_test_that_is_ignored_is_found() => IsFound(DeploymentScenario.Name, new IgnoredTest(), "fails its tests");

    [Fact]
    public Task A_rate_limit_that_is_ignored_is_found() => IsFound(DeploymentScenario.Name, new IgnoredBudget(), 201, "calls in a minute");

    [Fact]
    public Task A_run_that_goes_on_after_another_took_the_experience_is_found() =>
        IsFound(DeploymentScenario.Name, new IgnoredFence(), "is not as version", "run an old version", "the configuration is not", "does not have version");

    [Fact]
    public Task Production_that_moves_before_the_last_call_of_another_run_has_landed_is_found() =>
        IsFound(DeploymentScenario.Name, new ForgottenCalls(), 1201, "is not as version", "run an old version", "the configuration is not", "does not have version");

    private static Task IsFound(string name, Plants plants, params string[] expected) => IsFound(name, plants, 1, expected);

    /// <summary>Looks from a seed on: what few histories show is not looked for in those that are known not to show it.</summary>
    private static async Task IsFound(string name, Plants plants, int from, params string[] expected)
    {
        var scenario = Scenario.Find(name)!;
        for (var seed = from; seed < from + MostSeeds; seed++)
        {
            var outcome = await scenario.Run(seed, plants, null);
            if (outcome.Broken.Any(violation => expected.Any(words => violation.Contains(words, StringComparison.Ordinal))))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Found by seed {seed}: {string.Join("; ", outcome.Broken)}");
                return;
            }
        }

        Assert.Fail($"{MostSeeds} seeds did not find it.");
    }
}
