using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Functions.Scripts;

/// <summary>What a scan is asked.</summary>
/// <param name="Source">The script.</param>
/// <param name="Path">The name to report it under; <c>script</c> when absent.</param>
/// <param name="AllowedHosts">Hosts that it may call over HTTP; a leading dot allows all below.</param>
/// <param name="Baseline">Fingerprints of findings that are known already.</param>
/// <param name="Earlier">The version before, to tell which capabilities widened and where.</param>
public sealed record ScanRequest(
    string Source, string? Path = null, IReadOnlyList<string>? AllowedHosts = null, IReadOnlyList<string>? Baseline = null, string? Earlier = null);

/// <summary>Scans a script, or all scripts of a place or model.</summary>
public sealed class ScanScripts(TimeProvider clock)
{
    /// <summary>The most bytes of an uploaded file, and of a source.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    [Function(nameof(ScanScripts)), Needs(Permission.ScriptsScan)]
    [Api("What a script, or each script of a place or model, can do. Send JSON, or the file itself as application/octet-stream", Body = typeof(ScanRequest), FileType = "application/octet-stream", Example = """{"source":"loadstring(x)()"}""")]
    [Query("format", "json (default) or sarif")]
    [Answers(200, typeof(ScanResult)), Refuses(400, "invalid_file")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/scripts/scan")] HttpRequest http, CancellationToken ct)
    {
        var isSarif = http.Query["format"] == "sarif";
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        ScanResult result;
        if (http.HasJsonContentType())
        {
            var request = await http.ReadBody<ScanRequest>(MostBytes, MostBytes, ct);
            var options = new ScanOptions(request.AllowedHosts ?? []);
            result = ScanResult.Of(request.Path ?? "script", LuauSource.FromText(request.Source), options, new(request.Baseline ?? []), today, request.Earlier is { } earlier ? LuauSource.FromText(earlier) : null);
        }
        else
        {
            var file = await http.ReadRawBody(MostBytes, ct);
            if (RobloxFile.FormatOf(file) is null)
            {
                result = ScanResult.Of("script", new LuauSource(file), ScanOptions.Default, Baseline.Empty, today);
            }
            else
            {
                try
                {
                    result = ScanResult.Of(RobloxFile.Read(file), ScanOptions.Default, Baseline.Empty, today);
                }
                catch (FileRefusedException e)
                {
                    return new InvalidFile(e.Refusal.Message).ToProblem();
                }
            }
        }

        return isSarif ? Results.Json(Sarif.From(result), contentType: Sarif.ContentType) : Results.Ok(result);
    }
}
