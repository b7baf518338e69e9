using System.Diagnostics;
using Npgsql;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Local.Identity;

public sealed class OperatorKeyProcessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_program_makes_the_first_operator_s_key_once_outside_Development()
    {
        await using var database = await ProductDatabase.CreateAsync();
        await using (var superuser = NpgsqlDataSource.Create(database.SuperuserConnectionString))
        {
            await using var command = superuser.CreateCommand("DELETE FROM toolbox.api_keys WHERE tenant IS NULL");
            await command.ExecuteNonQueryAsync(Ct);
        }

        var (first, output, _) = await Run(database);
        Assert.Equal(0, first);
        Assert.Matches(@"tbx_[A-Za-z0-9_-]{43}\s*$", output);

        var (second, nothing, error) = await Run(database);
        Assert.Equal((1, ""), (second, nothing.Trim()));
        Assert.Contains("already", error);
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(ProductDatabase database)
    {
        var start = BuiltProgram.Start("ToolboxAI.Functions", "--create-operator-key");
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment.Remove("AZURE_FUNCTIONS_ENVIRONMENT");
        start.Environment["DatabaseConnection"] = database.ApplicationConnectionString;
        start.Environment["ServiceBusConnection"] = database.SuperuserConnectionString;
        start.Environment["ToolboxLocal__Database"] = database.SuperuserConnectionString;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        var error = process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromMinutes(1), Ct);
        return (process.ExitCode, await output, await error);
    }
}
