using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Npgsql;

namespace ToolboxAI.Tests.TriggerHost;

/// <summary>The table of the test that started this process; while it has a row in <c>gate</c>, work waits.</summary>
public sealed class Notes(NpgsqlDataSource database)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>Notes that work begins, waits until the gate is open, notes that it ends.</summary>
    public async Task WorkAsync(string trigger, string item, CancellationToken cancellationToken)
    {
        await WriteAsync(trigger, item, "begins");
        while (await ClosedAsync())
        {
            await Task.Delay(LookAgain, cancellationToken);
        }

        await WriteAsync(trigger, item, "ends");
    }

    private async Task<bool> ClosedAsync()
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM gate)");
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private async Task WriteAsync(string trigger, string item, string what)
    {
        await using var command = database.CreateCommand("INSERT INTO notes (trigger, item, what, process) VALUES ($1, $2, $3, $4)");
        foreach (var value in new object[] { trigger, item, what, Environment.ProcessId })
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }
}

public sealed class NotingFunctions(Notes notes)
{
    [Function("NoteMessage")]
    public Task NoteMessage([ServiceBusTrigger("noted", Connection = "Bus")] ServiceBusReceivedMessage message, CancellationToken cancellationToken) =>
        notes.WorkAsync("message", message.Body.ToString(), cancellationToken);

    [Function("NoteSession")]
    public Task NoteSession(
        [ServiceBusTrigger("noted-sessions", Connection = "Bus", IsSessionsEnabled = true)] ServiceBusReceivedMessage message, CancellationToken cancellationToken) =>
        notes.WorkAsync("session", message.Body.ToString(), cancellationToken);

    [Function("NoteQueue")]
    public Task NoteQueue([QueueTrigger("%Place%")] string message, CancellationToken cancellationToken) => notes.WorkAsync("queue", message, cancellationToken);

    [Function("NoteBlob")]
    public Task NoteBlob([BlobTrigger("%Place%/{name}")] string content, CancellationToken cancellationToken) => notes.WorkAsync("blob", content, cancellationToken);

    [Function("NoteTimer")]
    public Task NoteTimer([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        notes.WorkAsync("timer", timer.IsPastDue ? "past due" : "start", cancellationToken);
}
