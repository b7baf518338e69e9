using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using ToolboxAI.Local.Installation;
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

        var (unset, silence, advice) = await Run(database, null);
        Assert.Equal((1, ""), (unset, silence.Trim()));
        Assert.StartsWith("The application can't start: Set either KeyVault__Uri", advice, StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("toolboxai-test-");
        PrivateFile.Write(Path.Combine(folder.FullName, "key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var (first, output, refusal) = await Run(database, folder.FullName);
        Assert.True(first == 0, refusal);
        Assert.Matches(@"tbx_[A-Za-z0-9_-]{43}\s*$", output);

        var (second, nothing, error) = await Run(database, folder.FullName);
        Assert.Equal((1, ""), (second, nothing.Trim()));
        Assert.Contains("already", error);
        folder.Delete(recursive: true);
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(ProductDatabase database, string? secrets)
    {
        var start = BuiltProgram.Start("ToolboxAI.Functions", "--create-operator-key");
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment.Remove("AZURE_FUNCTIONS_ENVIRONMENT");
        start.Environment["DatabaseConnection"] = database.ApplicationConnectionString;
        start.Environment["ServiceBusConnection"] = database.SuperuserConnectionString;
        start.Environment["ToolboxLocal__Database"] = database.SuperuserConnectionString;
        if (secrets is not null)
        {
            start.Environment["SecretsFile__Path"] = Path.Combine(secrets, "secrets");
            start.Environment["SecretsFile__KeyFile"] = Path.Combine(secrets, "key");
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        var error = process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromMinutes(1), Ct);
        return (process.ExitCode, await output, await error);
    }
}
