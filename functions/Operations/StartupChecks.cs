using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Functions.Operations;

/// <summary>
/// What must be right before the application serves anybody: options, settings and secrets. All that is wrong is said at once, each with
/// how to mend it; no value is ever part of it.
/// </summary>
public static class StartupChecks
{
    /// <summary>The sample's file, which the program carries: what the whole world can read must not guard anything.</summary>
    private const string Sample = "local.settings.sample.json";

    private const string HowToPut = "put it in with --set-secret";

    /// <summary>Settings that describe the application: neither is their value in the sample its own, nor is <c>secret</c> a placeholder in them.</summary>
    private static readonly string[] SameEverywhere = ["FUNCTIONS_", "Messaging__", "Secrets__", "DatabaseAuthentication"];

    /// <summary>Under this tenants' Open Cloud keys are often given as settings.</summary>
    private const string TenantKeys = "Roblox:Keys:";

    /// <summary>Names under which secrets are often given as settings, and where each belongs.</summary>
    private static readonly Dictionary<string, string> NotAsSettings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Stripe:ApiKey"] = SecretNames.StripeApiKey,
        ["Stripe:WebhookSecret"] = SecretNames.StripeWebhookSecret,
        ["SendGrid:ApiKey"] = SecretNames.SendGridApiKey,
    };

    /// <summary>All that is wrong; nothing when the application may start.</summary>
    public static async Task<IReadOnlyList<string>> Problems(IServiceProvider services, CancellationToken ct)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var development = services.GetRequiredService<IHostEnvironment>().IsDevelopment();
        var sample = ReadSample();
        var options = OptionsProblems.Find(services, configuration);
        List<string> problems = [.. options, .. OfSettings(configuration, development ? [] : sample["Values"]!.AsObject())];
        if (!options.Any(problem => problem.Contains(KeyVaultOptions.Section, StringComparison.Ordinal) || problem.Contains(SecretsFileOptions.Section, StringComparison.Ordinal)))
        {
            problems.AddRange(await OfSecrets(services, development ? [] : sample["Vault"]!.AsObject(), ct));
        }

        return [.. problems.Distinct()];
    }

    /// <summary>The problems as one message.</summary>
    public static string Message(IReadOnlyList<string> problems) =>
        problems.Count == 1 ? $"The application can't start: {problems[0]}" : $"The application can't start:\n{string.Join('\n', problems.Select(problem => $"- {problem}"))}";

    private static IEnumerable<string> OfSettings(IConfiguration configuration, JsonObject sampleValues)
    {
        foreach (var (name, value) in configuration.AsEnumerable().Where(setting => setting.Value is { Length: > 0 }))
        {
            var shown = name.Replace(":", "__");
            if (NotAsSettings.TryGetValue(name, out var secret))
            {
                yield return $"{shown} is set: a secret does not stand in a setting; {HowToPut} {secret}, and remove the setting.";
            }
            else if (name.StartsWith(TenantKeys, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{shown} is set: a tenant's key does not stand in a setting; {HowToPut} roblox-N-TENANT-NAME (docs/guides/secrets.md), and remove the setting.";
            }
            else if (Array.Exists(SameEverywhere, prefix => shown.StartsWith(prefix, StringComparison.Ordinal)))
            {
                continue;
            }
            else if (sampleValues.ContainsKey(shown) && SecretCatalogue.IsPlaceholder(value!))
            {
                yield return $"{shown} looks like a placeholder: set it to your own.";
            }
            else if ($"{sampleValues[shown]}" == value)
            {
                yield return $"{shown} has the sample's value: set it to your own, or set AZURE_FUNCTIONS_ENVIRONMENT=Development.";
            }
        }
    }

    private static async Task<IEnumerable<string>> OfSecrets(IServiceProvider services, JsonObject sampleVault, CancellationToken ct)
    {
        // Not with the application's options: those may be what is wrong.
        var reader = new SecretReader(services.GetRequiredService<ISecrets>(), services.GetRequiredService<TimeProvider>(), Options.Create(new SecretsOptions()), NullLogger<SecretReader>.Instance);
        var loginIsSecret = services.GetRequiredService<IConfiguration>()["DatabaseAuthentication"] == DataOptions.Secret;
        var needed = SecretCatalogue.All.Where(kind => kind.Name != SecretNames.DatabaseLogin || loginIsSecret);
        var found = await Task.WhenAll(needed.Select(kind => OfSecret(reader, kind, $"{sampleVault[kind.Name]}", ct)));
        return found.OfType<string>();
    }

    private static async Task<string?> OfSecret(SecretReader reader, SecretKind kind, string sampleValue, CancellationToken ct)
    {
        try
        {
            var value = (await reader.Current(kind.Name, ct)).Value.Reveal();
            return value == sampleValue ? $"{kind.Name} has the sample's value: {kind.Mend}; {HowToPut} {kind.Name}."
                : SecretCatalogue.Problem(kind, value) is { } problem ? $"{problem.TrimEnd('.')}; {HowToPut} {kind.Name}."
                : null;
        }
        catch (SecretsException e) when (e.InnerException is null && e.Failure == GatewayFailure.Transient && e.Message == SecretsException.None(kind.Name).Message)
        {
            return $"{e.Message} To mend it: {kind.Mend}; {HowToPut} {kind.Name}.";
        }
        catch (SecretsException e)
        {
            return $"The secrets can't be read. {e.Message} Check KeyVault__Uri and that the application's identity has the role Key Vault Secrets Officer, or SecretsFile__Path and its key.";
        }
    }

    private static JsonObject ReadSample()
    {
        using var stream = typeof(StartupChecks).Assembly.GetManifestResourceStream(Sample)!;
        return JsonNode.Parse(stream)!.AsObject();
    }
}
