using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolboxAI.Shared.Secrets;

/// <summary>
/// What the application reads secrets through. A reading is kept and renewed ahead of its end, by one caller for all; versions that are
/// disabled or expired are never given, however old the reading is.
/// </summary>
public sealed partial class SecretReader(ISecrets secrets, TimeProvider clock, IOptions<SecretsOptions> options, ILogger<SecretReader> log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Slot> slots = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The value that we use.</summary>
    /// <exception cref="SecretsException">There is none, or it can't be read.</exception>
    public async ValueTask<Secret> Current(string name, CancellationToken ct)
    {
        var known = await Known(name, ct);
        var current = SecretRules.Current(known.Select(secret => secret.Version), clock.GetUtcNow());
        return known.FirstOrDefault(secret => secret.Version == current) ?? throw SecretsException.None(name);
    }

    /// <summary>The values that we accept from others, the newest first; at least one.</summary>
    /// <exception cref="SecretsException">There is none, or it can't be read.</exception>
    public async ValueTask<IReadOnlyList<Secret>> Accepted(string name, CancellationToken ct)
    {
        var known = await Known(name, ct);
        var now = clock.GetUtcNow();
        var accepted = known.Where(secret => SecretRules.IsUsable(secret.Version, now)).ToList();
        return accepted.Count > 0 ? accepted : throw SecretsException.None(name);
    }

    /// <summary>
    /// Reads again because something came that fits no known version: true when it is worth another look. A reading younger than 10 s
    /// is kept, so that nobody can make us ask the vault for every request.
    /// </summary>
    public async Task<bool> ReadAgain(string name, CancellationToken ct)
    {
        var slot = slots.GetOrAdd(name, static _ => new());
        if (slot.Reading is { } reading && clock.GetUtcNow() - reading.At < LeastAge)
        {
            return false;
        }

        await Read(slot, name, slot.Reading, ct);
        return true;
    }

    /// <summary>Forgets a reading after a change of ours.</summary>
    public void Forget(string name) => slots.TryRemove(name, out _);

    private async ValueTask<IReadOnlyList<Secret>> Known(string name, CancellationToken ct)
    {
        var slot = slots.GetOrAdd(name, static _ => new());
        if (slot.Reading is not { } reading)
        {
            return (await Read(slot, name, seen: null, ct)).Secrets;
        }

        var age = clock.GetUtcNow() - reading.At;
        switch (SecretRules.Cached(age, options.Value))
        {
            case CacheStep.UseAndRefresh when slot.MayTry(clock.GetUtcNow()):
                _ = Refresh(slot, name, reading);
                break;
            case CacheStep.ReadFirst when age >= options.Value.UsableFor:
                reading = await Read(slot, name, reading, ct);
                break;
            case CacheStep.ReadFirst when slot.MayTry(clock.GetUtcNow()):
                // The vault's client asks again for half a minute; no request has that much time.
                await Refresh(slot, name, reading).WaitAsync(Patience, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ct.ThrowIfCancellationRequested();
                reading = slot.Reading;
                break;
        }

        return reading.Secrets;
    }

    /// <summary>Reads anew, and keeps the old reading when that fails: it ends without an exception.</summary>
    private async Task Refresh(Slot slot, string name, Reading reading)
    {
        try
        {
            await Read(slot, name, reading, CancellationToken.None);
        }
        catch (SecretsException e)
        {
            Stale(name, clock.GetUtcNow() - reading.At, e);
        }
    }

    /// <summary>One reads, the others wait and take what was read.</summary>
    private async Task<Reading> Read(Slot slot, string name, Reading? seen, CancellationToken ct)
    {
        await slot.Turn.WaitAsync(ct);
        try
        {
            if (slot.Reading is { } newer && newer != seen)
            {
                return newer;
            }

            var at = clock.GetUtcNow();
            var read = new List<Secret>();
            foreach (var version in SecretRules.Accepted(await secrets.Versions(name, ct), at))
            {
                if (await secrets.Read(name, version.Version, ct) is { } value)
                {
                    read.Add(new(version, value));
                }
            }

            slot.Succeeded(new(at, read));
            return slot.Reading!;
        }
        catch (SecretsException)
        {
            slot.Failed(clock.GetUtcNow());
            throw;
        }
        finally
        {
            slot.Turn.Release();
        }
    }

    [LoggerMessage(4000, LogLevel.Warning, "The secret {Name} can't be read; a reading {Age} old is used")]
    private partial void Stale(string name, TimeSpan age, Exception exception);

    private sealed record Reading(DateTimeOffset At, IReadOnlyList<Secret> Secrets);

    /// <summary>A secret's reading, and since when there is none better.</summary>
    private sealed class Slot
    {
        private DateTimeOffset notBefore = DateTimeOffset.MinValue;
        private TimeSpan pause = FirstPause;

        public SemaphoreSlim Turn { get; } = new(1);

        public Reading? Reading { get; private set; }

        /// <summary>Whether it is time to ask: at most one asks, and after a failure ever more seldom.</summary>
        public bool MayTry(DateTimeOffset now) => Turn.CurrentCount > 0 && now >= notBefore;

        public void Succeeded(Reading reading)
        {
            Reading = reading;
            pause = FirstPause;
            notBefore = DateTimeOffset.MinValue;
        }

        public void Failed(DateTimeOffset now)
        {
            notBefore = now + pause;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
