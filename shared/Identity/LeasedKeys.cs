using System.Collections.Concurrent;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Identity;

/// <summary>
/// Keys by one of their names, as a reading found them that began less than a <see cref="KeyLease.Length"/> ago. Only good ones are kept: an
/// unknown key, a revoked one and one whose tenant's access is withdrawn are read at every call, so that what makes them good holds at once.
/// </summary>
internal sealed class LeasedKeys
{
    private readonly TimeProvider time;
    private readonly SharedReads<string, ApiKey> reads;
    private readonly Lock gate = new();

    // Two generations: a full or old one is left to lapse while the next one fills, and what has lapsed goes with it. Nothing is swept.
    private volatile Generation young;
    private volatile Generation old;

    /// <summary>Keeps none yet.</summary>
    /// <param name="time">The machine's time.</param>
    /// <param name="read">Reads what is there of some names.</param>
    public LeasedKeys(TimeProvider time, Func<IReadOnlyCollection<string>, Task<IReadOnlyDictionary<string, ApiKey>>> read)
    {
        this.time = time;
        young = new(time.GetTimestamp());
        old = new(time.GetTimestamp());
        reads = new(names => ReadAndKeep(names, read));
    }

    /// <summary>How many keys are kept, lapsed ones among them: at most <see cref="ApiKeys.MostKept"/>.</summary>
    public int Count => young.Keys.Count + old.Keys.Count;

    /// <summary>The key of a name, valid or not; null when there is none.</summary>
    public ValueTask<ApiKey?> Find(string name, CancellationToken ct) =>
        (Kept(young, name) ?? Kept(old, name)) is { } key ? new(key) : new(reads.Get(name, ct));

    private ApiKey? Kept(Generation generation, string name) =>
        generation.Keys.TryGetValue(name, out var lease) && time.GetElapsedTime(lease.Began) < KeyLease.Length ? lease.Key : null;

    private async Task<IReadOnlyDictionary<string, ApiKey>> ReadAndKeep(
        IReadOnlyCollection<string> names, Func<IReadOnlyCollection<string>, Task<IReadOnlyDictionary<string, ApiKey>>> read)
    {
        var began = time.GetTimestamp();            // before the reading: what it finds may be older than its answer, never older than this
        var found = await read(names);
        lock (gate)
        {
            foreach (var (name, key) in found)
            {
                if (key is { RevokedAt: null, AccessWithdrawn: false })
                {
                    Keep(name, new(key, began));
                }
            }
        }

        return found;
    }

    private void Keep(string name, Lease lease)
    {
        if (young.Kept == ApiKeys.MostKept / 2 || time.GetElapsedTime(young.Began) > KeyLease.Length)
        {
            old = young;
            young = new(time.GetTimestamp());
        }

        young.Keys[name] = lease;
        young.Kept++;
    }

    private readonly record struct Lease(ApiKey Key, long Began);

    private sealed class Generation(long began)
    {
        public long Began => began;

        public ConcurrentDictionary<string, Lease> Keys { get; } = new(concurrencyLevel: 1, capacity: 16, StringComparer.Ordinal);

        /// <summary>How often something was kept, the same key twice among that: counting the keys would lock them all.</summary>
        public int Kept { get; set; }
    }
}
