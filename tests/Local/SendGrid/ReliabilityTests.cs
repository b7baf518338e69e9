using System.Net;
using SendGrid;
using SendGrid.Helpers.Mail;
using SendGrid.Helpers.Reliability;

namespace ToolboxAI.Tests.Local.SendGrid;

/// <summary>Retries of the client: off by default, and as its settings say.</summary>
public sealed class ReliabilityTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task A_server_s_error_is_sent_again_as_often_as_the_settings_say()
    {
        var answers = new Answers(HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError, HttpStatusCode.Accepted);
        var sent = await Client(answers, retries: 2).SendEmailAsync(Mail(), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        Assert.Equal(3, answers.Bodies.Count);
        Assert.Single(answers.Bodies.Distinct());
    }

    [Fact]
    public async Task The_last_try_s_error_is_an_exception()
    {
        var answers = new Answers(HttpStatusCode.BadGateway, HttpStatusCode.BadGateway, HttpStatusCode.Accepted);
        await Assert.ThrowsAsync<HttpRequestException>(() => Client(answers, retries: 1).SendEmailAsync(Mail(), TestContext.Current.CancellationToken));
        Assert.Equal(2, answers.Bodies.Count);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.ServiceUnavailable)]
    [InlineData(2, HttpStatusCode.TooManyRequests)]
    [InlineData(2, HttpStatusCode.BadRequest)]
    public async Task Without_retries_and_for_other_answers_there_is_one_try(int retries, HttpStatusCode status)
    {
        var answers = new Answers(status, HttpStatusCode.Accepted);
        Assert.Equal(status, (await Client(answers, retries).SendEmailAsync(Mail(), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Single(answers.Bodies);
    }

    [Theory]
    [InlineData(6, 0, 0, 0)]
    [InlineData(-1, 0, 0, 0)]
    [InlineData(1, 2, 1, 0)]
    [InlineData(1, 0, 31, 0)]
    [InlineData(1, 0, 1, -1)]
    public void Settings_out_of_bounds_are_refused(int retries, int least, int most, int delta) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new ReliabilitySettings(retries, TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most), TimeSpan.FromSeconds(delta)));

    private static SendGridClient Client(Answers answers, int retries) => new(
        new HttpClient(new RetryDelegatingHandler(answers, new(retries, Short, Short * 2, Short))),
        new SendGridClientOptions { ApiKey = "SG.x", Host = "http://sendgrid.test" });

    private static SendGridMessage Mail() =>
        MailHelper.CreateSingleEmail(new("a@school.example"), new("b@school.example"), "Hi", "text", null);

    private sealed class Answers(params HttpStatusCode[] statuses) : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new(statuses[Bodies.Count - 1]) { Content = new StringContent("{}") };
        }
    }
}
