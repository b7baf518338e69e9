using System.Runtime.Versioning;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>Services by themselves, and applications that share them.</summary>
[Collection("processes"), UnsupportedOSPlatform("windows")]
public sealed class SharedServicesTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;
    private TestProcess services = null!;

    private string AttachFile => Path.Combine(data, "services.json");

    public async ValueTask InitializeAsync()
    {
        services = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", data);
        try
        {
            await ProcessChecks.SaysAsync(services, "--attach " + AttachFile);
        }
        catch
        {
            await services.TerminateAsync();                        // nobody disposes of a test whose beginning has failed
            await services.EndAsync(ProcessChecks.EndLimit);
            await services.DisposeAsync();
            await RunningApplication.DeleteAsync(data);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await services.TerminateAsync();
        Assert.Equal(0, await services.ExitAsync(ProcessChecks.EndLimit));
        Assert.False(File.Exists(AttachFile));
        await services.DisposeAsync();
        await RunningApplication.DeleteAsync(data);
    }

    [Fact]
    public async Task Two_applications_attached_to_the_same_services_share_one_installation()
    {
        await using var one = await RunningApplication.StartAsync(attach: AttachFile);
        await using var two = await RunningApplication.StartAsync(attach: AttachFile);

        // An application is ready a moment before it is announced to the others.
        int[] both = [.. new[] { one.Process.Id, two.Process.Id }.Order()];
        var seen = await one.ServicesAsync();
        await ApplicationOnServices.Until(
            async () => both.SequenceEqual((seen = await one.ServicesAsync()).Where(s => s.Name == "application").Select(s => s.Pid!.Value).Order()),
            TimeSpan.FromSeconds(20),
            () => string.Join(", ", seen));
        Assert.Equal(seen, await two.ServicesAsync());
        Assert.Equal(services.Id, seen.Single(s => s.Name == "sendgrid").Pid);

        await one.Process.KillAsync();
        Assert.Equal([two.Process.Id], (await two.ServicesAsync()).Where(s => s.Name == "application").Select(s => s.Pid!.Value));
        Assert.False(services.HasExited);
    }

    [Fact]
    public void The_file_for_attach_and_the_passwords_are_their_owner_s_only()
    {
        foreach (var name in new[] { "services.json", "passwords.json" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, name)));
        }
    }

    [Fact]
    public async Task The_application_s_login_owns_nothing_and_passes_no_row_security()
    {
        await using var database = NpgsqlDataSource.Create(StoredSettings.Value(AttachFile, "DatabaseConnection"));
        await using var connection = await database.OpenConnectionAsync();

        Assert.Equal("toolbox_app False False False False 0", await Text(connection, """
            SELECT concat_ws(' ', rolname, CASE WHEN rolsuper THEN 'True' ELSE 'False' END, CASE WHEN rolbypassrls THEN 'True' ELSE 'False' END,
                CASE WHEN rolcreaterole THEN 'True' ELSE 'False' END, CASE WHEN rolcreatedb THEN 'True' ELSE 'False' END,
                (SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o'))
            FROM pg_roles r WHERE rolname = current_user
            """));
        await Assert.ThrowsAsync<PostgresException>(() => Text(connection, "SELECT count(*)::text FROM installation.clock"));
        await Assert.ThrowsAsync<PostgresException>(() => Text(connection, "CREATE TABLE public.mine AS SELECT 1"));
        Assert.Equal("on scram-sha-256 127.0.0.1", await Text(connection,
            "SELECT concat_ws(' ', current_setting('fsync'), current_setting('password_encryption'), current_setting('listen_addresses'))"));
    }

    private static async Task<string?> Text(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync();
    }
}
