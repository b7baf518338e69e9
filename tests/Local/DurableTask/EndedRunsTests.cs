using Grpc.Core;
using Microsoft.DurableTask.Client;
using ToolboxAI.Durable;
using ToolboxAI.Durable.Secrets;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>The product tells runs things that may just have ended, on a hub that refuses what the one in Azure refuses.</summary>
public sealed class EndedRunsTests
{
    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running, true)]
    [InlineData(OrchestrationRuntimeStatus.Completed, false)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, false)]
    public async Task Whether_a_run_still_heard_of_it_is_the_answer(OrchestrationRuntimeStatus status, bool isTold)
    {
        await using var hub = new StrictHub("run", status);

        Assert.Equal(isTold, await hub.TryRaiseEvent("run", "Event", "payload", CancellationToken.None));
        Assert.Equal(isTold, await hub.TryTerminate("run", "why", CancellationToken.None));
    }

    [Fact]
    public async Task A_run_that_is_not_there_yet_stays_an_exception_so_that_the_message_comes_again()
    {
        await using var hub = new StrictHub("run", null);

        var refused = await Assert.ThrowsAsync<RpcException>(() => hub.TryRaiseEvent("run", "Event", "payload", CancellationToken.None));

        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_undo_that_comes_as_the_rotation_ends_finds_none_running(bool endsMeanwhile)
    {
        var kind = SecretCatalogue.All[0];
        await using var hub = new StrictHub(RotationStart.InstanceOf(kind.Name), OrchestrationRuntimeStatus.Running) { EndsOnceSeen = endsMeanwhile };

        var refusal = await hub.UndoRotation(kind, CancellationToken.None);

        Assert.Equal(endsMeanwhile ? typeof(RotationNotRunning) : null, refusal?.GetType());
    }
}
