using System.Text.Json;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <inheritdoc cref="IExperiences"/>
public sealed class PostgresExperiences : IExperiences
{
    /// <inheritdoc/>
    public async Task<ExperienceState?> Find(IUnitOfWork work, string key, CancellationToken ct) =>
        Read(await work.QuerySingle<string>("SELECT state::text FROM experiences WHERE key = @key", new { key }, ct));

    /// <inheritdoc/>
    public async Task<ExperienceState> Lock(IUnitOfWork work, string key, CancellationToken ct)
    {
        var fresh = JsonSerializer.Serialize(new ExperienceState { Key = key }, ApiJson.Options);
        await work.Execute("INSERT INTO experiences (key, state) VALUES (@key, CAST(@fresh AS jsonb)) ON CONFLICT DO NOTHING", new { key, fresh }, ct);
        return Read(await work.QuerySingle<string>("SELECT state::text FROM experiences WHERE key = @key FOR UPDATE", new { key }, ct))!;
    }

    /// <inheritdoc/>
    public Task Save(IUnitOfWork work, ExperienceState state, CancellationToken ct) => work.Execute(
        "UPDATE experiences SET state = CAST(@state AS jsonb) WHERE key = @Key", new { state.Key, state = JsonSerializer.Serialize(state, ApiJson.Options) }, ct);

    /// <inheritdoc/>
    public async Task<bool> TryBegin(IUnitOfWork work, BegunCall call, CancellationToken ct) => await work.Execute(
        "INSERT INTO roblox_calls (id, key, fence, changes, began_at) VALUES (@Id, @Key, @Fence, @Changes, @BeganAt) ON CONFLICT DO NOTHING", call, ct) == 1;

    /// <inheritdoc/>
    public Task End(IUnitOfWork work, string id, CancellationToken ct) => work.Execute("UPDATE roblox_calls SET ended = true WHERE id = @id", new { id }, ct);

    /// <inheritdoc/>
    public Task Unbegin(IUnitOfWork work, IReadOnlyList<string> ids, CancellationToken ct) => work.Execute("DELETE FROM roblox_calls WHERE id = ANY(@ids)", new { ids }, ct);

    /// <inheritdoc/>
    public Task<bool> AnyUnderWay(IUnitOfWork work, string key, long beforeFence, DateTimeOffset beganAfter, CancellationToken ct) => work.QuerySingle<bool>(
        "SELECT EXISTS (SELECT FROM roblox_calls WHERE key = @key AND fence < @beforeFence AND changes AND NOT ended AND began_at > @beganAfter)",
        new { key, beforeFence, beganAfter },
        ct);

    /// <inheritdoc/>
    public Task<int> Forget(IUnitOfWork work, DateTimeOffset beganBefore, CancellationToken ct) =>
        work.Execute("DELETE FROM roblox_calls WHERE began_at < @beganBefore AND id NOT LIKE 'paid %'", new { beganBefore }, ct);

    private static ExperienceState? Read(string? state) => state is null ? null : JsonSerializer.Deserialize<ExperienceState>(state, ApiJson.Options);
}
