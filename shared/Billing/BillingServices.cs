using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Stripe;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Shared.Billing;

/// <summary>Registers the feature.</summary>
public static class BillingServices
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Plans, Stripe, its events, subscriptions and dunning. Needs the data, email and secrets services.</summary>
    public static IServiceCollection AddBilling(this IServiceCollection services)
    {
        services.AddOptions<BillingOptions>().BindConfiguration(BillingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<StripeOptions>().BindConfiguration(StripeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient(StripeOptions.Section, http => http.Timeout = CallTimeout)
            .AddHttpMessageHandler(provider => new BearerSecretHandler(provider.GetRequiredService<SecretReader>(), SecretNames.StripeApiKey))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.AddSingleton<IPayments>(Connect);
        services.AddSingleton<IBillingAccounts, PostgresBillingAccounts>();
        services.AddSingleton<IDunningRuns, PostgresDunningRuns>();
        services.AddSingleton<IDunningPolicies, PostgresDunningPolicies>();
        services.AddSingleton<BillingStores>();
        services.AddSingleton<CollectionPause>();
        services.AddSingleton<IStripeEventLog, PostgresStripeEventLog>();
        services.AddSingleton<StripeEventIntake>();
        services.AddSingleton<StripeWebhook>();
        services.AddSingleton<StripeEventSweep>();
        services.AddSingleton<StripeEventHandler>();
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<Dunnings>();
        services.AddSingleton<PolicyDesk>();
        return services;
    }

    private static StripePayments Connect(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<StripeOptions>>().Value;
        var http = services.GetRequiredService<IHttpClientFactory>().CreateClient(StripeOptions.Section);
        return new StripePayments(new StripeClient(new StripeClientOptions
        {
            ApiKey = BearerSecretHandler.Placeholder,
            ApiBase = options.ApiBase is { Length: > 0 } own ? own.TrimEnd('/') : null,

            // Retries are the durable policy's and the message's: one owner only.
            HttpClient = new SystemNetHttpClient(http, maxNetworkRetries: 0),
        }), services.GetRequiredService<SecretReader>());
    }
}
