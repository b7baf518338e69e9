using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Secrets;

/// <summary>The steps of a rotation, each repeated and each cut short.</summary>
public sealed class RotationTests
{
    private const string Name = SecretNames.SendGridApiKey;
    private readonly TestClock clock = new();
    private readonly InMemorySecrets vault;
    private readonly SecretReader reader;
    private readonly Issuer issuer = new();
    private readonly RotationSteps steps;
    private readonly RotationStart start;

    public RotationTests()
    {
        vault = new(clock);
        reader = vault.NewReader();
        steps = new(vault, reader, [issuer], clock, NullLogger<RotationSteps>.Instance);
        start = RotationRules.Start(Name, "rot_1", new(), clock.GetUtcNow());
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_step_twice_is_as_good_as_once()
    {
        await First();
        await Twice(steps.Create);
        Assert.Equal("first", await Current());
        await Twice(steps.Verify);
        await Twice(steps.Distribute);
        Assert.Equal("made 1", await Current());
        await Twice(steps.Retire);

        Assert.Equal(["made 1"], await Accepted());
        Assert.Equal(1, issuer.Made);
        Assert.Equal(["first"], issuer.Ended.Distinct());
    }

    [Fact]
    public async Task A_creation_that_a_crash_cut_short_after_the_issuer_made_one_leaves_none_behind()
    {
        await First();
        vault.Away = true;
        issuer.WhenMade = () => vault.Away = true;
        vault.Away = false;
        await Assert.ThrowsAsync<SecretsException>(() => steps.Create(start, Ct));
        vault.Away = false;
        issuer.WhenMade = () => { };
        await steps.Create(start, Ct);

        Assert.Equal(2, (await vault.Versions(Name, Ct)).Count);
        Assert.Equal(["made 1"], issuer.Dropped);         // an issuer shows a credential once: the first can't be had any more
    }

    [Fact]
    public async Task Until_it_is_retired_the_old_version_works_and_undo_brings_it_back()
    {
        await First();
        await steps.Create(start, Ct);
        await steps.Distribute(start, Ct);
        Assert.Equal(["made 1", "first"], await Accepted());

        await Twice(steps.Undo);
        Assert.Equal("first", await Current());
        Assert.Equal(["first"], await Accepted());
        Assert.Equal(["made 1"], issuer.Ended.Distinct());
    }

    [Fact]
    public async Task An_undo_of_a_rotation_that_made_nothing_changes_nothing()
    {
        await First();
        await Twice(steps.Undo);
        Assert.Equal("first", await Current());
        Assert.Empty(issuer.Ended);
    }

    [Fact]
    public async Task What_earlier_rotations_left_behind_is_retired_too_and_a_later_version_is_not()
    {
        await First();
        await vault.Add(Name, new(new("left behind"), "rot_0"), Ct);
        await steps.Create(start, Ct);
        await steps.Distribute(start, Ct);
        clock.Advance(TimeSpan.FromSeconds(1));
        await vault.Add(Name, new(new("by hand"), "by hand, later"), Ct);
        await steps.Retire(start, Ct);
        Assert.Equal(["by hand", "made 1"], await Accepted());
    }

    [Theory]
    [InlineData(0, null, SecretState.Ok)]
    [InlineData(179, null, SecretState.Ok)]
    [InlineData(180, null, SecretState.Due)]
    [InlineData(100, 131, SecretState.Ok)]
    [InlineData(101, 131, SecretState.Expiring)]
    [InlineData(130, 131, SecretState.Expiring)]
    [InlineData(131, 131, SecretState.Expired)]
    public void A_secret_is_rotated_by_its_age_and_told_of_before_it_ends(int ageDays, int? endsAfterDays, SecretState state)
    {
        var created = clock.GetUtcNow();
        var version = new SecretVersion(Name, "1", created) { ExpiresAt = endsAfterDays is { } days ? created.AddDays(days) : null };
        Assert.Equal(state, RotationRules.State([version], new(), created.AddDays(ageDays)));
        Assert.Equal(SecretState.Missing, RotationRules.State([version with { Enabled = false }], new(), created));
        Assert.Equal(SecretState.Missing, RotationRules.State([], new(), created));
    }

    [Fact]
    public void A_version_made_by_a_rotation_is_due_before_anybody_is_alarmed()
    {
        var options = new SecretsOptions();
        var now = clock.GetUtcNow();
        var made = new SecretVersion(Name, "1", now) { ExpiresAt = RotationRules.ExpiryOfNew(options, now) };
        Assert.Equal(SecretState.Due, RotationRules.State([made], options, now + options.RotateAfter));
        Assert.Equal(SecretState.Due, RotationRules.State([made], options, now + options.RotateAfter + options.Overlap + TimeSpan.FromDays(29)));
        Assert.Equal(SecretState.Expiring, RotationRules.State([made], options, now + options.RotateAfter + options.Overlap + TimeSpan.FromDays(30)));
    }

    private Task First() => vault.Add(Name, new(new("first"), "by hand"), Ct);

    private async Task Twice(Func<RotationStart, CancellationToken, Task> step)
    {
        await step(start, Ct);
        await step(start, Ct);
    }

    private async Task<string> Current()
    {
        reader.Forget(Name);
        return (await reader.Current(Name, Ct)).Value.Reveal();
    }

    private async Task<IEnumerable<string>> Accepted()
    {
        reader.Forget(Name);
        return (await reader.Accepted(Name, Ct)).Select(secret => secret.Value.Reveal());
    }

    /// <summary>An issuer that shows a credential once.</summary>
    private sealed class Issuer : ICredentialSource
    {
        private string? open;

        public string Name => RotationTests.Name;

        public int Made { get; private set; }

        public List<string> Ended { get; } = [];

        public List<string> Dropped { get; } = [];

        public Action WhenMade { get; set; } = () => { };

        public Task<MadeCredential> Make(string rotationId, CancellationToken ct)
        {
            if (open is { } left)
            {
                Dropped.Add(left);
            }

            open = $"made {++Made}";
            WhenMade();
            return Task.FromResult(new MadeCredential(new(open), $"id {Made}"));
        }

        public Task Verify(Secret secret, CancellationToken ct) => secret.Value.Reveal().StartsWith("made", StringComparison.Ordinal)
            ? Task.CompletedTask
            : throw new SecretsException(GatewayFailure.Transient, "Not ours.");

        public Task Revoke(Secret secret, Secret? kept, CancellationToken ct)
        {
            Ended.Add(secret.Value.Reveal());
            return Task.CompletedTask;
        }
    }
}
