using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Sealing;

namespace ToolboxAI.Tests.Support.Secrets;

/// <summary>What the product's pipeline needs of secrets, in memory. The container has clock and units of work.</summary>
public static class SecretsInMemoryServices
{
    /// <summary>Adds them, with keys of our own that are made up.</summary>
    public static IServiceCollection AddSecretsInMemory(this IServiceCollection services) => services
        .AddSingleton(provider => InMemorySecrets.Reader(
            provider.GetRequiredService<TimeProvider>(), (SecretNames.TokenSigningKey, NewKey()), (SecretNames.DataWrappingKey, NewKey())))
        .AddSingleton<ISecrets>(provider => new InMemorySecrets(provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IDataKeyStore, InMemoryDataKeyStore>()
        .AddSingleton<DataKeys>()
        .AddSingleton<DataSealer>()
        .AddSingleton<AccessTokens>();

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
