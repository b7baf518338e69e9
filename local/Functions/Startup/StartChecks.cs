using System.Net;
using System.Net.Sockets;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions.Startup;

/// <summary>What is found out before anything is started, so that it can be said in one line.</summary>
internal static class StartChecks
{
    private const string ServicesSetting = "ToolboxLocal__Services";
    private static readonly string[] NeededOfServices =
        ["ToolboxLocal__Database", ServicesSetting, "DatabaseConnection", "ServiceBusConnection", "AzureWebJobsStorage"];

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public static void PortIsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException e)
        {
            var why = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "is in use" : $"can't be used ({e.Message})";
            throw new StartRefusedException($"Port {port} {why}: stop what listens there, or choose another with --port N.");
        }
    }

    public static async Task ServicesAnswerAsync(string attach, IReadOnlyDictionary<string, string> settings)
    {
        if (Array.Find(NeededOfServices, name => string.IsNullOrEmpty(settings.GetValueOrDefault(name))) is { } missing)
        {
            throw new StartRefusedException($"{attach} does not say {missing}: use the services.json that dotnet run --project local/Services writes.");
        }

        using var client = new HttpClient { Timeout = AnswerLimit };
        try
        {
            using var answer = await client.GetAsync($"{settings[ServicesSetting]}/local/services").ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or InvalidOperationException or UriFormatException)
        {
            throw new StartRefusedException($"No services answer at {settings[ServicesSetting]}, which {attach} names: start them with dotnet run --project local/Services.");
        }
    }
}
