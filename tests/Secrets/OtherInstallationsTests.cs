using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Secrets;

/// <summary>The two ways to run that differ from a developer's machine: secrets in an encrypted file, and a token as the database's password.</summary>
[Collection("secrets application")]
public sealed class OtherInstallationsTests(SecretsApplication application) : IAsyncLifetime
{
    private const string Identity = "00000000-1111-2222-3333-444444444444";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolboxai-test-");
    private SecretsFileOptions file = new();

    public ValueTask InitializeAsync()
    {
        file = SecretsFile.Create(folder.FullName);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_runs_on_a_file_of_secrets_and_on_a_token_of_its_identity_which_is_renewed()
    {
        foreach (var (name, value) in SecretsFile.Good.Where(secret => secret.Name != SecretNames.StripeApiKey))
        {
            await new FileSecrets(file, TimeProvider.System).Add(name, new(new(value), "by hand"), TestContext.Current.CancellationToken);
        }

        var (exit, said) = await SetSecret(SecretNames.StripeApiKey, "sk_test_in_a_file\n");
        Assert.True(exit == 0, said);
        await using var identity = await IdentityEndpoint.StartAsync();
        var attach = await Settings(identity);
        await using var other = await RunningApplication.StartAsync(attach: attach, settings: new Dictionary<string, string> { ["AZURE_CLIENT_ID"] = Identity });

        var secrets = await Get(other, "/api/v1/admin/secrets");
        Assert.All(secrets.AsArray(), secret => Assert.Equal("ok", (string?)secret!["state"]));
        Assert.Contains("toolbox_app", await application.Query("SELECT usename::text FROM pg_stat_activity WHERE usename IS NOT NULL"));
        Assert.Contains(identity.Asked, query => query.Contains("ossrdbms-aad.database.windows.net", StringComparison.Ordinal) && query.Contains(Identity, StringComparison.Ordinal));

        // The token of before is worth nothing any more, and neither is a connection that it opened.
        var first = identity.Token;
        identity.Token = "a-token-of-the-next-day";
        await Login(identity.Token);
        await SecretsApplication.Until(
            async () => (await other.Http.GetAsync("/api/health/ready", TestContext.Current.CancellationToken)).StatusCode == HttpStatusCode.OK, () => other.Process.Output);
        Assert.DoesNotContain("a-token-of-the-next-day", other.Process.Output);
        await Login(first);
    }

    [Fact]
    public async Task A_secret_is_put_in_once_from_standard_input_and_what_is_none_is_refused()
    {
        var (exit, said) = await SetSecret(SecretNames.StripeApiKey, "sk_test_one");
        var (again, same) = await SetSecret(SecretNames.StripeApiKey, "sk_test_one\n");
        Assert.Equal((0, 0, said), (exit, again, same));
        Assert.Matches("^stripe-api-key has the version [0-9a-f]{32}\\.\\s*$", said);
        Assert.Equal(0, (await SetSecret("roblox-4-demo-open-cloud", "an-open-cloud-key")).ExitCode);

        var secrets = new FileSecrets(file, TimeProvider.System);
        await secrets.Disable(SecretNames.StripeApiKey, said.Trim().TrimEnd('.')[^32..], TestContext.Current.CancellationToken);
        await Refused(SecretNames.StripeApiKey, "sk_test_one", "stripe-api-key had this value before, and it is disabled: make a restricted key");
        await Refused(SecretNames.StripeApiKey, "changeme", "stripe-api-key looks like a placeholder: make a restricted key");
        await Refused(SecretNames.TokenSigningKey, "too-short", "token-signing-key is malformed, expected is base64 of 32 random bytes: openssl rand -base64 32.");
        await Refused("stripe-key", "sk_test_one", "--set-secret needs one of these names: stripe-api-key, stripe-webhook-secret,");
    }

    private async Task Refused(string name, string value, string message)
    {
        var (exit, said) = await SetSecret(name, value);
        Assert.Equal(1, exit);
        Assert.StartsWith(message, said, StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", said);
    }

    private async Task<(int ExitCode, string Said)> SetSecret(string name, string value)
    {
        var environment = new Dictionary<string, string>
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production",
            ["SecretsFile__Path"] = file.Path,
            ["SecretsFile__KeyFile"] = file.KeyFile,
        };
        await using var process = TestProcess.Start("ToolboxAI.Functions", environment, "--set-secret", name);
        await process.SayAsync(value);
        return (await process.ExitAsync(Limit), process.Output);
    }

    /// <summary>The services' settings, but for the vault and the database's password.</summary>
    private async Task<string> Settings(IdentityEndpoint identity)
    {
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(application.Data, "services.json")))!;
        var values = settings["Values"]!;
        var connection = new NpgsqlConnectionStringBuilder((string)values["DatabaseConnection"]!);
        identity.Token = connection.Password!;
        connection.Password = "";
        await Assert.ThrowsAsync<NpgsqlException>(async () =>
        {
            await using var refused = new NpgsqlConnection(connection.ConnectionString);
            await refused.OpenAsync(TestContext.Current.CancellationToken);
        });
        values["DatabaseConnection"] = connection.ConnectionString;
        values["DatabaseAuthentication"] = "entra";
        values["KeyVault__Uri"] = "";
        values["SecretsFile__Path"] = file.Path;
        values["SecretsFile__KeyFile"] = file.KeyFile;
        values["IDENTITY_ENDPOINT"] = identity.Address;
        values["IDENTITY_HEADER"] = IdentityEndpoint.Header;
        var attach = Path.Combine(folder.FullName, "attach.json");
        await File.WriteAllTextAsync(attach, settings.ToJsonString(), Encoding.UTF8);
        return attach;
    }

    private Task Login(string password) => application.Query(
        $"SET password_encryption = 'scram-sha-256'; ALTER ROLE toolbox_app PASSWORD '{password}'; SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = 'toolbox_app'");

    private static async Task<JsonNode> Get(RunningApplication running, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Api-Key", SecretsApplication.Operator);
        using var answer = await running.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
