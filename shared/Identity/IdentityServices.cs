using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Shared.Identity;

/// <summary>What this feature needs.</summary>
public static class IdentityServices
{
    /// <summary>Adds the API keys, what revokes them, and tokens. Needs the data and secrets services.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services) => services
        .AddSingleton<IApiKeyStore, PostgresApiKeyStore>()
        .AddSingleton<KeyLease>()
        .AddSingleton<KeyRevocation>()
        .AddSingleton<AccessTokens>()
        .AddSingleton<OperatorKeys>();
}
