using Npgsql;
using ToolboxAI.Local.Installation;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Installation;

/// <summary>The moved clock: an offset in PostgreSQL that all processes of an installation follow.</summary>
public sealed class MovedClockTests : IAsyncLifetime
{
    private static readonly TimeSpan Close = TimeSpan.FromSeconds(20);
    private readonly List<InstallationSession> sessions = [];
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        await database.DisposeAsync();
    }

    [Fact]
    public async Task An_advance_reaches_every_process_before_it_returns()
    {
        var (one, two) = (await JoinAsync(), await JoinAsync());

        var reached = await ClockAdvance.RunAsync(one.Database, TimeSpan.FromDays(3), CancellationToken.None);

        Assert.Equal(reached, one.Clock.GetUtcNow(), Close);
        Assert.Equal(reached, two.Clock.GetUtcNow(), Close);
        Assert.Equal(TimeProvider.System.GetUtcNow().AddDays(3), reached, Close);
    }

    [Fact]
    public async Task The_offset_outlives_the_processes()
    {
        await using (var first = await InstallationSession.JoinAsync(database.ConnectionString, "test", CancellationToken.None))
        {
            await ClockAdvance.RunAsync(first.Database, TimeSpan.FromDays(30), CancellationToken.None);
        }

        var second = await JoinAsync();

        Assert.InRange(second.Clock.Offset, TimeSpan.FromDays(30) - Close, TimeSpan.FromDays(30));
    }

    [Fact]
    public async Task Advances_at_once_queue_and_add_up()
    {
        var (one, two) = (await JoinAsync(), await JoinAsync());

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            ClockAdvance.RunAsync(i % 2 == 0 ? one.Database : two.Database, TimeSpan.FromHours(1), CancellationToken.None)));

        Assert.InRange(one.Clock.Offset, TimeSpan.FromHours(6) - Close, TimeSpan.FromHours(6));
        Assert.Equal(one.Clock.Offset, two.Clock.Offset);
    }

    [Fact]
    public async Task Waiting_for_a_moment_ends_when_an_advance_gets_there()
    {
        var session = await JoinAsync();
        var waiting = session.Clock.WaitUntilAsync(session.Clock.GetUtcNow().AddDays(100), CancellationToken.None);

        await ClockAdvance.RunAsync(session.Database, TimeSpan.FromDays(99), CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await ClockAdvance.RunAsync(session.Database, TimeSpan.FromDays(1), CancellationToken.None);

        await waiting.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_advance_goes_from_due_moment_to_due_moment_and_waits_for_the_work_of_each()
    {
        var session = await JoinAsync();
        var start = session.Clock.GetUtcNow();
        await InstallWorkAsync(session, start.AddHours(1), start.AddHours(2), start.AddDays(2));
        using var stop = new CancellationTokenSource();
        var worker = WorkAsync(session, stop.Token);

        await ClockAdvance.RunAsync(session.Database, TimeSpan.FromDays(1), CancellationToken.None);

        var done = await DoneAsync(session);
        Assert.Equal(2, done.Count);
        Assert.Equal(start.AddHours(1), done[0], Close); // worked at its own moment, not at the end of the advance
        Assert.Equal(start.AddHours(2), done[1], Close);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker);
    }

    [Fact]
    public async Task The_clock_never_goes_back()
    {
        var session = await JoinAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => ClockAdvance.RunAsync(session.Database, TimeSpan.FromSeconds(-1), CancellationToken.None));
    }

    [Fact]
    public async Task A_process_that_can_not_join_says_so_at_once()
    {
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "not_there" }.ConnectionString;

        await Assert.ThrowsAsync<PostgresException>(() => InstallationSession.JoinAsync(wrong, "test", CancellationToken.None));
    }

    [Fact]
    public async Task A_process_that_has_left_holds_no_advance_up()
    {
        var one = await JoinAsync();
        await using (await InstallationSession.JoinAsync(database.ConnectionString, "test", CancellationToken.None))
        {
        }

        await ClockAdvance.RunAsync(one.Database, TimeSpan.FromHours(1), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task<InstallationSession> JoinAsync()
    {
        var session = await InstallationSession.JoinAsync(database.ConnectionString, "test", CancellationToken.None);
        sessions.Add(session);
        return session;
    }

    private static async Task InstallWorkAsync(InstallationSession session, params DateTimeOffset[] dues)
    {
        await InstallationSchema.InstallAsync(session.Database, "work", $"""
            CREATE SCHEMA work;
            CREATE TABLE work.items (due timestamptz, done timestamptz);
            CREATE FUNCTION work.next_due(now timestamptz) RETURNS timestamptz STABLE LANGUAGE sql AS
                'SELECT min(due) FROM work.items WHERE done IS NULL AND due > now';
            CREATE FUNCTION work.busy(now timestamptz) RETURNS SETOF text STABLE LANGUAGE sql AS
                'SELECT ''item of '' || due FROM work.items WHERE done IS NULL AND due <= now';
            {InstallationSchema.RegisterParticipant("work")}
            """, CancellationToken.None);
        foreach (var due in dues)
        {
            await using var insert = session.Database.CreateCommand("INSERT INTO work.items (due) VALUES ($1)");
            insert.Parameters.Add(new() { Value = due.UtcDateTime });
            await insert.ExecuteNonQueryAsync();
        }
    }

    private static async Task WorkAsync(InstallationSession session, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), stop); // slow, so that an advance that does not wait is found out
            await using var command = session.Database.CreateCommand(
                "UPDATE work.items SET done = installation.now() WHERE done IS NULL AND due <= installation.now()");
            await command.ExecuteNonQueryAsync(stop);
        }
    }

    private static async Task<List<DateTimeOffset>> DoneAsync(InstallationSession session)
    {
        await using var command = session.Database.CreateCommand("SELECT done FROM work.items WHERE done IS NOT NULL ORDER BY due");
        await using var reader = await command.ExecuteReaderAsync();
        var done = new List<DateTimeOffset>();
        while (await reader.ReadAsync())
        {
            done.Add(new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero));
        }

        return done;
    }
}
