using System.Net;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Hosting;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>HTTP answers that tell a caller how to watch and steer an orchestration.</summary>
public static class DurableTaskClientExtensions
{
    /// <summary>A 202 with the address of the status in <c>Location</c> and all addresses in the body.</summary>
    public static Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default) =>
        client.CreateCheckStatusResponseAsync(request, instanceId, HttpStatusCode.Accepted, cancellation);

    /// <summary>An answer with the address of the status in <c>Location</c> and all addresses in the body.</summary>
    public static async Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        HttpStatusCode statusCode,
        CancellationToken cancellation = default)
    {
        var (response, body) = Prepare(client, request, instanceId, statusCode);
        await response.WriteBytesAsync(body, cancellation).ConfigureAwait(false);
        return response;
    }

    /// <inheritdoc cref="CreateCheckStatusResponseAsync(DurableTaskClient, HttpRequestData, string, CancellationToken)"/>
    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default) =>
        client.CreateCheckStatusResponse(request, instanceId, HttpStatusCode.Accepted, cancellation);

    /// <inheritdoc cref="CreateCheckStatusResponseAsync(DurableTaskClient, HttpRequestData, string, HttpStatusCode, CancellationToken)"/>
    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        HttpStatusCode statusCode,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var (response, body) = Prepare(client, request, instanceId, statusCode);
        response.WriteBytes(body);
        return response;
    }

    /// <summary>The addresses of an instance; from the request's own address when it is given, otherwise from the application's.</summary>
    /// <exception cref="InvalidOperationException">The application's address is not known and no request was given.</exception>
    public static HttpManagementPayload CreateHttpManagementPayload(
        this DurableTaskClient client, string instanceId, HttpRequestData? request = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var hub = client as HubClient;
        var root = request is null
            ? hub?.ManagementRoot
            : request.Url.GetLeftPart(UriPartial.Authority) + ManagementEndpoints.Root;
        return root is null
            ? throw new InvalidOperationException("The application's address is not known: use the [DurableClient] binding, or give the request.")
            : HttpManagementPayload.Of(root, instanceId, hub?.ManagementQuery ?? string.Empty, "{{text}}");
    }

    /// <summary>Waits for the end and answers 200 with the instance; answers as a check of the status when the wait is cancelled first.</summary>
    public static async Task<HttpResponseData> WaitForCompletionOrCreateCheckStatusResponseAsync(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        TimeSpan? retryInterval = null,
        bool returnInternalServerErrorOnFailure = false,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            while (true)
            {
                if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation).ConfigureAwait(false) is { IsCompleted: true } end)
                {
                    var isError = returnInternalServerErrorOnFailure && end.RuntimeStatus == OrchestrationRuntimeStatus.Failed;
                    var response = request.CreateResponse(isError ? HttpStatusCode.InternalServerError : HttpStatusCode.OK);
                    await response.WriteAsJsonAsync(end, CancellationToken.None).ConfigureAwait(false);
                    return response;
                }

                await Task.Delay(retryInterval ?? TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return await client.CreateCheckStatusResponseAsync(request, instanceId, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static (HttpResponseData Response, byte[] Body) Prepare(
        DurableTaskClient client, HttpRequestData request, string instanceId, HttpStatusCode statusCode)
    {
        ArgumentNullException.ThrowIfNull(request);
        var payload = client.CreateHttpManagementPayload(instanceId, request);
        var response = request.CreateResponse(statusCode);
        response.Headers.Add("Location", payload.StatusQueryGetUri!);
        response.Headers.Add("Content-Type", "application/json");
        return (response, JsonSerializer.SerializeToUtf8Bytes(payload));   // the original's keys are in PascalCase here
    }
}
