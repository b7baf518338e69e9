using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Tests.Local.Secrets;

/// <summary>
/// A rotation that is cut short at every place there is. <see cref="RotationWorld"/> checks each of them after each piece of work (a credential
/// works for everybody) and at the end (one version, one credential).
/// </summary>
public sealed class RotationEngineTests
{
    private const int Seeds = 300;

    public static TheoryData<TroubleKind> Places => [TroubleKind.BeforeItsEffect, TroubleKind.AfterItsEffect];

    public static TheoryData<CrashPoint> Crashes => [CrashPoint.BeforeExecution, CrashPoint.BeforeCommit, CrashPoint.AfterCommit];

    [Fact]
    public async Task It_takes_an_hour_until_everybody_knows_the_new_version_and_a_day_in_which_both_work()
    {
        var world = new RotationWorld(new());
        var began = world.Clock.GetUtcNow();
        var run = await world.Run();
        Assert.Equal(RotationOutcome.Rotated, run.ReadOutputAs<RotationOutcome>());
        Assert.Equal(TimeSpan.FromHours(25), world.Clock.GetUtcNow() - began);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_call_that_fails_wherever_it_is_is_made_again(TroubleKind place)
    {
        var calls = await CallsOf(undoAt: null);
        Assert.True(calls > 12, $"{calls} calls");
        for (var failing = 0; failing < calls; failing++)
        {
            var world = new RotationWorld(new(call => call == failing ? place : null));
            Assert.Equal(RotationOutcome.Rotated, (await world.Run()).ReadOutputAs<RotationOutcome>());
        }
    }

    [Theory, MemberData(nameof(Crashes))]
    public async Task A_worker_may_die_at_every_piece_of_work(CrashPoint crash)
    {
        var steps = await StepsOf();
        Assert.True(steps > 10, $"{steps} steps");
        for (var dying = 0; dying < steps; dying++)
        {
            Assert.Equal(RotationOutcome.Rotated, (await new RotationWorld(new()).Run(step => step == dying ? crash : CrashPoint.None)).ReadOutputAs<RotationOutcome>());
        }
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Undone_at_whatever_moment_everything_is_as_before_or_the_old_version_was_retired_already(TroubleKind place)
    {
        var steps = await StepsOf();
        var outcomes = new List<RotationOutcome>();
        for (var undoAt = 0; undoAt < steps; undoAt++)
        {
            var calls = await CallsOf(undoAt);
            for (var failing = 0; failing <= calls; failing++)
            {
                var world = new RotationWorld(new(call => call == failing ? place : null));
                outcomes.Add((await world.Run(undoAt: undoAt)).ReadOutputAs<RotationOutcome>());
            }
        }

        Assert.Equal([RotationOutcome.Rotated, RotationOutcome.Undone], outcomes.Distinct().Order());
        Assert.True(outcomes.Count(outcome => outcome == RotationOutcome.Undone) > outcomes.Count / 2);
    }

    [Fact]
    public async Task A_new_version_that_does_not_work_is_undone_by_itself_and_the_run_reads_failed()
    {
        var world = new RotationWorld(new());
        world.Issuer.RefusesNew = true;
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await world.Run()).RuntimeStatus);
    }

    [Fact]
    public async Task An_outage_of_an_hour_is_waited_out_at_every_step()
    {
        var calls = await CallsOf(undoAt: null);
        for (var from = 0; from < calls; from++)
        {
            RotationWorld? world = null;
            DateTimeOffset? began = null;
            world = new(new(call =>
            {
                var now = world!.Clock.GetUtcNow();
                began ??= call >= from ? now : null;
                return now - began < TimeSpan.FromHours(1) ? TroubleKind.BeforeItsEffect : null;
            }));
            var run = await world.Run();

            // A verification that has no answer for so long counts as failed: then all is as before.
            Assert.True(run.RuntimeStatus == OrchestrationRuntimeStatus.Failed || run.ReadOutputAs<RotationOutcome>() == RotationOutcome.Rotated);
        }
    }

    [Fact]
    public async Task A_rotation_that_does_not_wait_for_everybody_is_found_out() =>
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => new RotationWorld(new(), distribution: TimeSpan.FromMinutes(1)).Run());

    [Fact]
    public async Task A_credential_that_is_left_behind_at_its_issuer_is_found_out()
    {
        var world = new RotationWorld(new(call => call == 1 ? TroubleKind.AfterItsEffect : null));
        world.Issuer.LeavesOrphans = true;
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => world.Run());
    }

    [Fact]
    public async Task Whatever_goes_wrong_together_a_credential_works_at_every_moment()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            try
            {
                await Walk(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    private static async Task Walk(Random random)
    {
        var failing = random.NextDouble() * 0.1;
        var dying = random.NextDouble() * 0.3;
        var world = new RotationWorld(new(_ => random.NextDouble() >= failing ? null : random.Next(2) == 0 ? TroubleKind.BeforeItsEffect : TroubleKind.AfterItsEffect));
        CrashPoint[] crashes = [CrashPoint.BeforeExecution, CrashPoint.BeforeCommit, CrashPoint.AfterCommit];
        var run = await world.Run(_ => random.NextDouble() < dying ? crashes[random.Next(3)] : CrashPoint.None, random.Next(2) == 0 ? random.Next(30) : null);
        Assert.True(run.IsCompleted);
    }

    private static async Task<int> CallsOf(int? undoAt)
    {
        var world = new RotationWorld(new());
        await world.Run(undoAt: undoAt);
        return world.Trouble.Calls;
    }

    private static async Task<int> StepsOf()
    {
        var world = new RotationWorld(new());
        await world.Run();
        return world.Steps;
    }

}
