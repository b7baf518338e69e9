using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Secrets;

/// <summary>Starts with bad settings and bad secrets: each is refused with one message that names all of them and shows no value.</summary>
public sealed class StartupRefusalTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolboxai-test-");
    private readonly SecretsFileOptions file;

    public StartupRefusalTests() => file = SecretsFile.Create(folder.FullName);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_missing_empty_malformed_expired_a_placeholder_or_the_sample_s_is_named_in_one_message()
    {
        await Put(SecretNames.StripeApiKey, "changeme");
        await Put(SecretNames.StripeWebhookSecret, "whsec_local");
        await Put(SecretNames.SendGridApiKey, "no-key-of-sendgrid");
        await Put(SecretNames.TokenSigningKey, "");
        await Put(SecretNames.DataWrappingKey, SecretsFile.NewKey(), TimeProvider.System.GetUtcNow().AddMinutes(-1));

        var said = await Refused(new()
        {
            ["DatabaseConnection"] = "Host=db;Database=toolbox",
            ["DatabaseAuthentication"] = "secret",
            ["SendGrid__Sender"] = "billing@toolboxai.example",
            ["SendGrid__WebhookPublicKey"] = "<your key>",
            ["Secrets__Overlap"] = "soon-do-not-show",
            ["Secrets__RotateByItself"] = "maybe",
            ["Roblox__CallSeconds"] = "5",
            ["Roblox__Keys__demo__open-cloud"] = "do-not-show-either",
            ["Stripe__ApiKey"] = "do-not-show-either",
        });

        string[] problems =
        [
            "stripe-api-key looks like a placeholder: make a restricted key in Stripe's Dashboard (Developers, API keys); put it in with --set-secret stripe-api-key.",
            "stripe-webhook-secret has the sample's value: take the signing secret",
            "sendgrid-api-key is malformed, expected is SG.…: make a key with the scopes",
            "token-signing-key is empty: openssl rand -base64 32; put it in with --set-secret token-signing-key.",
            "The secret data-wrapping-key has no version that is enabled and not expired. To mend it: openssl rand -base64 32;",
            "The secret database-login has no version that is enabled and not expired. To mend it: run shared/Data/SelfHosted/logins.sql",
            "The setting ServiceBusConnection is empty",
            "SendGrid__Sender has the sample's value: set it to your own",
            "SendGrid__WebhookPublicKey looks like a placeholder: set it to your own",
            "Secrets__Overlap is malformed, expected is a time such as",
            "Secrets__RotateByItself is malformed, expected is true or false",
            "Roblox__CallSeconds: The field CallSeconds must be between 10 and 600",
            "Roblox__Keys__demo__open-cloud is set: a tenant's key does not stand in a setting; put it in with --set-secret roblox-",
            "Stripe__ApiKey is set: a secret does not stand in a setting; put it in with --set-secret stripe-api-key, and remove the setting.",
        ];
        var lines = said.Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).ToList();
        Assert.All(problems, problem => Assert.Single(lines, line => line.StartsWith($"- {problem}", StringComparison.Ordinal)));
        Assert.Equal(problems.Length, lines.Count);
        Assert.DoesNotContain("do-not-show", said);
    }

    [Theory]
    [InlineData("SecretsFile__Path", "", "Set either KeyVault__Uri, the vault's address, or SecretsFile__Path")]
    [InlineData("KeyVault__Uri", "https://x.vault.azure.net", "Set either KeyVault__Uri, the vault's address, or SecretsFile__Path")]
    [InlineData("SecretsFile__KeyFile", "no-such-file", "SecretsFile__KeyFile does not name a file with base64 of 32 bytes")]
    [InlineData("KeyVault__AuthorityFile", "no-such-file", "KeyVault__AuthorityFile does not name a PEM file with the certificate of an authority")]
    [InlineData("DatabaseConnection", "garbage", "The setting DatabaseConnection is malformed")]
    public async Task What_says_where_the_secrets_and_the_data_are_is_checked_too(string setting, string value, string message)
    {
        Assert.Contains(message, await Refused(new() { ["DatabaseConnection"] = "Host=db", [setting] = value }));
    }

    [Fact]
    public async Task A_vault_s_address_is_one_of_https()
    {
        var said = await Refused(new() { ["SecretsFile__Path"] = "", ["SecretsFile__KeyFile"] = "", ["KeyVault__Uri"] = "http://127.0.0.1:1" });
        Assert.Contains("KeyVault__Uri is not an https address", said);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task Put(string name, string value, DateTimeOffset? expiresAt = null) =>
        await new FileSecrets(file, TimeProvider.System).Add(name, new(new(value), "by hand") { ExpiresAt = expiresAt }, Ct);

    private async Task<string> Refused(Dictionary<string, string> settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production",
            ["SecretsFile__Path"] = file.Path,
            ["SecretsFile__KeyFile"] = file.KeyFile,
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        await using var process = TestProcess.Start("ToolboxAI.Functions", environment);
        Assert.Equal(1, await process.ExitAsync(TimeSpan.FromMinutes(3)));
        return process.Output;
    }
}
