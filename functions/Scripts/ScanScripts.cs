using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Functions.Scripts;

/// <summary>What a scan is asked.</summary>
/// <param name="Source">The script; absent when a file is sent.</param>
/// <param name="Path">The name to report it under; <c>script</c> when absent.</param>
/// <param name="AllowedHosts">Hosts that it may call over HTTP; a leading dot allows all below.</param>
/// <param name="Baseline">Fingerprints of findings that are known already.</param>
/// <param name="Earlier">The version before, to tell which capabilities widened and where.</param>
/// <param name="File">A place or model in base 64, instead of a source.</param>
/// <param name="EarlierFile">Its version before, in base 64: scripts are compared by their paths.</param>
public sealed record ScanRequest(
    string? Source = null,
    string? Path = null,
    IReadOnlyList<string>? AllowedHosts = null,
    IReadOnlyList<string>? Baseline = null,
    string? Earlier = null,
    byte[]? File = null,
    byte[]? EarlierFile = null);

/// <summary>Scans a script, or all scripts of a place or model.</summary>
public sealed class ScanScripts(TimeProvider clock)
{
    /// <summary>The most bytes of an uploaded file, and of a source: less than the 30,000,000 that ASP.NET Core's server takes of any request.</summary>
    public const int MostBytes = 28 * 1024 * 1024;

    [Function(nameof(ScanScripts)), Needs(Permission.ScriptsScan)]
    [Api("What a script, or each script of a place or model, can do. Send JSON, or the file itself as application/octet-stream", Body = typeof(ScanRequest), FileType = "application/octet-stream", Example = """{"source":"loadstring(x)()"}""")]
    [Query("format", "json (default) or sarif")]
    [Answers(200, typeof(ScanResult)), Answers(200, MediaType = Sarif.ContentType), Refuses(400, "invalid_file", "nothing_to_scan")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/scripts/scan")] HttpRequest http, CancellationToken ct)
    {
        var isSarif = http.Query["format"] == "sarif";
        var request = http.HasJsonContentType()
            ? await http.ReadBody<ScanRequest>(MostBytes, MostBytes, ct)
            : new ScanRequest(File: await http.ReadRawBody(MostBytes, ct));
        ScanResult result;
        try
        {
            result = Scan(request);
        }
        catch (FileRefusedException e)
        {
            return new InvalidFile(e.Refusal.Message).ToProblem();
        }

        return isSarif ? Results.Json(Sarif.From(result), contentType: Sarif.ContentType) : Results.Ok(result);
    }

    private ScanResult Scan(ScanRequest request)
    {
        if (request.Source is null == request.File is null)
        {
            throw new RequestRefusedException(new NothingToScan());
        }

        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var (options, baseline) = (new ScanOptions(request.AllowedHosts ?? []), new Baseline(request.Baseline ?? []));
        if (request.File is { } file && RobloxFile.FormatOf(file) is not null)
        {
            return ScanResult.Of(RobloxFile.Read(file), options, baseline, today, request.EarlierFile is { } before ? RobloxFile.Read(before) : null);
        }

        var source = request.File is { } bytes ? new LuauSource(bytes) : LuauSource.FromText(request.Source!);
        return ScanResult.Of(request.Path ?? "script", source, options, baseline, today, request.Earlier is { } earlier ? LuauSource.FromText(earlier) : null);
    }
}
