using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Email;

/// <summary>SendGrid's key comes from the vault with each call.</summary>
public sealed class SendGridKeyTests
{
    [Fact]
    public async Task A_mail_whose_key_cannot_be_had_was_not_sent_and_is_tried_again()
    {
        var vault = new InMemorySecrets(TimeProvider.System) { Away = true };
        using var http = new HttpClient(new BearerSecretHandler(vault.NewReader(), SecretNames.SendGridApiKey) { InnerHandler = new Unreached() });
        var gateway = new SendGridMailGateway(http, Options.Create(new SendGridOptions()));

        var failure = await Assert.ThrowsAsync<SendMailException>(() => gateway.Send(new("demo"), "mail", "teacher@demo.example", new("Subject", "Text", "<p>Text</p>"), default));

        Assert.Equal((GatewayFailure.Transient, true), (failure.Failure, failure.Answered));
    }

    private sealed class Unreached : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A request without a key was sent.");
    }
}
