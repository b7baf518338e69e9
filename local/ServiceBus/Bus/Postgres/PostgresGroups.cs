using System.Diagnostics;
using System.Net.Sockets;
using Azure.Messaging.ServiceBus;
using Npgsql;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Applies sends, settlements and receives of this process together: what gathers while one transaction is under way shares the next
/// one. A command that spoils the transaction of all is applied again for itself, like the others, so that only it fails.
/// </summary>
internal sealed class PostgresGroups(Func<IReadOnlyList<BusCommand>, IReadOnlyList<Look>, Task<Written>> write)
{
    private const int MaxCommands = 256;
    private const int MaxMessages = 2_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(1);

    private readonly Lock gate = new();
    private readonly Queue<Entry> waiting = new();
    private bool isWriting;

    /// <summary>Applies one command; its messages' numbers, and the entities in which something changed.</summary>
    public Task<Written> ApplyAsync(BusCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCanceled();
        return AddAsync(new Entry(command, null)).WaitAsync(cancellationToken);
    }

    /// <summary>Receives what there is.</summary>
    public Task<Written> ReceiveAsync(Look look) => AddAsync(new Entry(null, look));

    private Task<Written> AddAsync(Entry entry)
    {
        lock (gate)
        {
            waiting.Enqueue(entry);
            if (!isWriting)
            {
                isWriting = true;
                using var unflowed = ExecutionContext.SuppressFlow();
                _ = Task.Run(WriteAsync, CancellationToken.None);
            }
        }

        return entry.Done.Task;
    }

    private async Task WriteAsync()
    {
        while (Take() is { Count: > 0 } group)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await WriteAsync(group);
            }
            catch (Exception e) when (group.Count > 1 && !IsUnreachable(e))
            {
                foreach (var entry in group)
                {
                    await AloneAsync(entry);
                }
            }
            catch (Exception e)
            {
                group.ForEach(entry => entry.Done.TrySetException(e));
            }

            await GatherAsync(group.Count, Stopwatch.GetElapsedTime(started));
        }
    }

    /// <summary>
    /// Whoever was served together often asks again together: gives them a moment, short beside what the transaction took, so that
    /// the first of them does not begin the next one for itself.
    /// </summary>
    private async Task GatherAsync(int served, TimeSpan took)
    {
        var (started, moment) = (Stopwatch.GetTimestamp(), took / 4 < Longest ? took / 4 : Longest);
        while (served > 1 && Count() < served && Stopwatch.GetElapsedTime(started) < moment)
        {
            await Task.Yield();
        }
    }

    private int Count()
    {
        lock (gate)
        {
            return waiting.Count;
        }
    }

    /// <summary>Whether nobody knows what was applied: each caller hears of it, and repeats as its options say.</summary>
    private static bool IsUnreachable(Exception error) => error switch
    {
        PostgresException e => e.SqlState.StartsWith("57P", StringComparison.Ordinal),
        ServiceBusException e => e.Reason == ServiceBusFailureReason.ServiceCommunicationProblem,
        _ => error is NpgsqlException or IOException or SocketException or TimeoutException,
    };

    private async Task AloneAsync(Entry entry)
    {
        try
        {
            await WriteAsync([entry]);
        }
        catch (Exception e)
        {
            entry.Done.TrySetException(e);
        }
    }

    private List<Entry> Take()
    {
        lock (gate)
        {
            var group = new List<Entry>();
            for (var messages = 0; group.Count < MaxCommands && messages < MaxMessages && waiting.TryDequeue(out var entry);)
            {
                group.Add(entry);
                messages += entry.Command is SendCommand send ? send.Messages.Count : 1;
            }

            isWriting = group.Count > 0;
            return group;
        }
    }

    /// <summary>Messages to one entity are sent by one statement.</summary>
    private async Task WriteAsync(List<Entry> group)
    {
        var sends = group.Where(entry => entry.Command is SendCommand).GroupBy(entry => entry.Command!.Address).Select(one => one.ToList()).ToList();
        var others = group.Where(entry => entry.Command is not (null or SendCommand)).ToList();
        var looks = group.Where(entry => entry.Look is not null).ToList();
        List<BusCommand> commands =
        [
            .. sends.Select(one => new SendCommand(one[0].Command!.Address, [.. one.SelectMany(entry => ((SendCommand)entry.Command!).Messages)])),
            .. others.Select(entry => entry.Command!),
        ];
        var written = await write(commands, looks.ConvertAll(entry => entry.Look!));
        for (var at = 0; at < sends.Count; at++)
        {
            var taken = 0;
            foreach (var entry in sends[at])
            {
                var count = ((SendCommand)entry.Command!).Messages.Count;
                entry.Done.TrySetResult(written with { Numbers = [[.. written.Numbers[at].Skip(taken).Take(count)]] });
                taken += count;
            }
        }

        others.ForEach(entry => entry.Done.TrySetResult(written with { Numbers = [[]] }));
        for (var at = 0; at < looks.Count; at++)
        {
            looks[at].Done.TrySetResult(written with { Received = [written.Received[at]] });
        }
    }

    /// <summary>A command or a look, and who waits for it.</summary>
    private sealed record Entry(BusCommand? Command, Look? Look)
    {
        public TaskCompletionSource<Written> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
