using System.Diagnostics;
using System.Text.Json;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>
/// The right to use a data folder. The operating system lifts the lock when its holder dies; the processes that the
/// holder started may live a little longer, so they are written down, and the next start waits for them.
/// </summary>
internal sealed class DataLock : IAsyncDisposable
{
    /// <summary>How long a start waits for a dying predecessor.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>How long a holder may look alive before it counts as a second copy: a dying one says so sooner.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly FileStream file;
    private readonly string recordPath;
    private readonly Lock gate = new();
    private Record record;

    private DataLock(FileStream file, string recordPath)
    {
        this.file = file;
        this.recordPath = recordPath;
        record = new(false, [KnownProcess.Of("services", Environment.ProcessId)]);
        Save();
    }

    private sealed record Record(bool Ending, IReadOnlyList<KnownProcess> Processes);

    public static async Task<DataLock> TakeAsync(string folder, CancellationToken cancellationToken)
    {
        var written = Path.Combine(folder, "processes.json");
        var since = Stopwatch.GetTimestamp();
        FileStream? taken;
        while ((taken = TryLock(Path.Combine(folder, "lock"))) is null)
        {
            var holder = Load(written);
            var waited = Stopwatch.GetElapsedTime(since);
            if (waited > Patience || (waited > Grace && holder is not { Ending: true }))
            {
                throw SecondCopy(folder, holder);
            }

            await Task.Delay(Poll, cancellationToken);
        }

        var left = Load(written);
        return await EndAsync(left, since, cancellationToken) ? new DataLock(taken, written) : throw SecondCopy(folder, left);
    }

    public void Remember(string name, int pid)
    {
        lock (gate)
        {
            record = record with { Processes = [.. record.Processes.Where(p => p.Name != name), KnownProcess.Of(name, pid)] };
            Save();
        }
    }

    public void Ending()
    {
        lock (gate)
        {
            record = record with { Ending = true };
            Save();
        }
    }

    /// <summary>Gives the folder back once everything that was started on it is gone; what the supervisor did not end is ended here.</summary>
    public async ValueTask DisposeAsync()
    {
        var others = record with { Processes = [.. record.Processes.Where(p => p.Pid != Environment.ProcessId)] };
        await EndAsync(others, Stopwatch.GetTimestamp(), CancellationToken.None);
        File.Delete(recordPath);
        await file.DisposeAsync();
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Waits for orphans to end: their supervisor sees to it, and when that was killed too, we do.</summary>
    private static async Task<bool> EndAsync(Record? left, long since, CancellationToken cancellationToken)
    {
        var asked = false;
        while (left?.Processes.Where(p => p.IsAlive).ToList() is { Count: > 0 } alive)
        {
            if (!asked && alive.TrueForAll(p => p.Name != "supervisor"))
            {
                alive.ForEach(p => p.AskToEnd());
                asked = true;
            }

            if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                return false;
            }

            await Task.Delay(Poll, cancellationToken);
        }

        return true;
    }

    private static StartRefusedException SecondCopy(string folder, Record? holder)
    {
        var who = holder?.Processes.FirstOrDefault(p => p.IsAlive) is { } process ? $" ({process.Name}, process {process.Pid})" : "";
        return new($"Another copy is running on {folder}{who}: stop it, name another folder with --data DIR, or share its services with --attach FILE.");
    }

    private static Record? Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Record>(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // not written yet, or of a run that was cut short: then nobody is known
        }
    }

    private void Save() => PrivateFile.Write(recordPath, JsonSerializer.Serialize(record));
}
