using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Data;

public abstract partial class DataContract
{
    [Fact]
    public async Task Tenants_have_their_turns_in_one_transaction_and_an_unknown_one_has_none()
    {
        await using (var work = await database.Units.BeginTurns(Ct))
        {
            await work.Enter(ProductDatabase.Demo, Ct);
            Assert.Equal(ProductDatabase.Demo, work.Tenant);
            Assert.True(await database.Handled.TryAdd(work, "c", "demo-" + unique, "applied", Noon, Ct));
            await work.Enter(ProductDatabase.Other, Ct);
            Assert.True(await database.Handled.TryAdd(work, "c", "other-" + unique, "applied", Noon, Ct));
            await work.Enter(null, Ct);
            Assert.Null(work.Tenant);
            Assert.Equal([true, false], await database.Handled.Add(work, "c", [new("third-" + unique, "applied", ProductDatabase.Demo), new("demo-" + unique, "applied")], Noon, Ct));
            await work.Commit(Ct);
        }

        await using var unknown = await database.Units.BeginTurns(Ct);
        await Assert.ThrowsAsync<UnknownTenantException>(() => unknown.Enter(new("nobody_" + unique[..8]), Ct));
    }
}
