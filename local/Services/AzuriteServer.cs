using System.Security.Cryptography;
using System.Text;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>A real Azurite on 127.0.0.1 with its data in the data folder, under an account key of its own.</summary>
internal sealed class AzuriteServer
{
    private const string Account = "devstoreaccount1";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private AzuriteServer(SupervisedProcess process, string address, string connectionString)
    {
        Process = process;
        Address = address;
        ConnectionString = connectionString;
    }

    public SupervisedProcess Process { get; }

    /// <summary>The blob service's address.</summary>
    public string Address { get; }

    public string ConnectionString { get; }

    /// <summary>Starts the server; where it will answer is known at once.</summary>
    public static AzuriteServer Start(string program, DataFolder data, Supervisor supervisor)
    {
        var (blob, queue, table) = (data.Port("azurite-blob"), data.Port("azurite-queue"), data.Port("azurite-table"));
        var folder = data.Of("azurite");
        DataFolder.CreatePrivate(folder);
        var log = data.Log("azurite");
        File.Delete(log);
        string[] args =
        [
            program, "--skipApiVersionCheck", "--disableTelemetry", "--silent", "--location", folder,
            "--blobHost", "127.0.0.1", "--blobPort", $"{blob}", "--queueHost", "127.0.0.1", "--queuePort", $"{queue}",
            "--tableHost", "127.0.0.1", "--tablePort", $"{table}",
        ];
        var key = Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(data.Password("azurite"))));
        var process = supervisor.Start(new ProcessOrder("azurite", "node", args, folder, log)
        {
            Environment = new Dictionary<string, string> { ["AZURITE_ACCOUNTS"] = $"{Account}:{key}" },
            Restart = true,
        });
        var connectionString =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};BlobEndpoint=http://127.0.0.1:{blob}/{Account};"
            + $"QueueEndpoint=http://127.0.0.1:{queue}/{Account};TableEndpoint=http://127.0.0.1:{table}/{Account};";
        return new AzuriteServer(process, $"http://127.0.0.1:{blob}/{Account}", connectionString);
    }

    /// <summary>Waits until it answers.</summary>
    /// <exception cref="StartRefusedException">It does not start.</exception>
    public async Task WaitUntilReadyAsync(DataFolder data, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        using var client = new HttpClient();
        while (true)
        {
            if (Process.Exited.IsCompleted || limit.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw data.DoesNotStart("Azurite", Process.Order.Log);
            }

            try
            {
                using var answer = await client.GetAsync(Address, cancellationToken); // any answer will do: it is up
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(Poll, cancellationToken);
            }
        }
    }
}
