using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Deployments;

/// <summary>How far an upload is.</summary>
/// <param name="Sha256">The content's hash.</param>
/// <param name="Complete">It is there: nothing needs to be sent.</param>
/// <param name="Chunks">The numbers of the chunks that have come.</param>
/// <param name="ChunkBytes">The size of every chunk but the last.</param>
public sealed record UploadView(string Sha256, bool Complete, IReadOnlyList<int> Chunks, int ChunkBytes);

/// <summary>How many chunks an upload has.</summary>
public sealed record CompleteUploadRequest(int Chunks);

/// <summary>Content under its hash: sent in chunks, in any order, going on after a break, and never twice.</summary>
public sealed class ContentFunctions(IContentStore content)
{
    private const int MostChunks = 1000;
    private const string HashHeader = "X-Chunk-SHA256";
    private const string Route = "v1/deployment-contents/{sha256}";

    [Function("GetUpload"), Needs(Permission.DeploymentsWrite)]
    [Api("How far an upload is"), Answers(200, typeof(UploadView), Example = DeploymentExamples.Upload), Refuses(400, "invalid_parameter")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest http, string sha256, CancellationToken ct)
    {
        var complete = await content.Keep(http.Tenant(), Valid(sha256), ct) is not null;
        return Results.Ok(new UploadView(sha256, complete, complete ? [] : await content.Chunks(http.Tenant(), sha256, ct), ContentHash.ChunkBytes));
    }

    [Function("PutChunk"), Needs(Permission.DeploymentsWrite)]
    [Api("Takes a chunk of at most 4 MiB", FileType = "application/octet-stream"), Header(HashHeader, "The chunk's own SHA-256, in 64 lower-case hex digits."), Answers(204)]
    [Refuses(400, "invalid_parameter"), Refuses(422, "chunk_damaged")]
    public async Task<IResult> PutChunk(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/chunks/{number:int}")] HttpRequest http, string sha256, int number, CancellationToken ct)
    {
        if (number is < 0 or >= MostChunks)
        {
            throw new RequestRefusedException(new InvalidParameter("number", $"a whole number from 0 to {MostChunks - 1}"));
        }

        Valid(sha256);
        var chunk = await http.ReadRawBody(ContentHash.ChunkBytes, ct);
        if (ContentHash.Of(chunk) != http.Headers[HashHeader])
        {
            return new ChunkDamaged().ToProblem();
        }

        await content.PutChunk(http.Tenant(), sha256, number, chunk, ct);
        return Results.NoContent();
    }

    [Function("CompleteUpload"), Needs(Permission.DeploymentsWrite)]
    [Api("Puts the chunks together and checks the whole", Body = typeof(CompleteUploadRequest), Example = """{"chunks":3}""")]
    [Answers(200, typeof(UploadView), Example = DeploymentExamples.Uploaded), Refuses(400, "invalid_parameter"), Refuses(422, "upload_damaged")]
    public async Task<IResult> Complete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest http, string sha256, CancellationToken ct)
    {
        var request = await http.ReadBody<CompleteUploadRequest>(ct);
        if (request.Chunks is < 1 or > MostChunks)
        {
            throw new RequestRefusedException(new InvalidParameter("chunks", $"a whole number from 1 to {MostChunks}"));
        }

        return await content.Complete(http.Tenant(), Valid(sha256), request.Chunks, ct)
            ? Results.Ok(new UploadView(sha256, true, [], ContentHash.ChunkBytes))
            : new UploadDamaged().ToProblem();
    }

    private static string Valid(string sha256) =>
        ContentHash.IsValid(sha256) ? sha256 : throw new RequestRefusedException(new InvalidParameter("sha256", "64 lower-case hex digits"));
}
