using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Shared.Email;

/// <summary>Registers the feature.</summary>
public static class EmailServices
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Mails, their delivery through SendGrid and SendGrid's events. Needs the data and secrets services.</summary>
    public static IServiceCollection AddEmail(this IServiceCollection services)
    {
        services.AddOptions<SendGridOptions>().BindConfiguration(SendGridOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient<ISendMail, SendGridMailGateway>(http => http.Timeout = CallTimeout)
            .AddHttpMessageHandler(provider => new BearerSecretHandler(provider.GetRequiredService<SecretReader>(), SecretNames.SendGridApiKey));
        services.AddSingleton<IMailStore, PostgresMailStore>();
        services.AddSingleton<SendGridSignature>();
        services.AddSingleton<Mails>();
        services.AddTransient<MailDelivery>();
        services.AddSingleton<MailEvents>();
        return services;
    }
}
