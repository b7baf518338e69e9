using System.Text.Json.Serialization;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>
/// One error of an answer. The real service adds a link under <c>help</c>; the official description types that as an object,
/// so it is left out here: an optional member that neither a client of the service nor one of the description can miss.
/// </summary>
internal sealed record MailError(
    string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field = null);

/// <summary>The body of every answer that is not a success.</summary>
internal sealed record MailErrors(IReadOnlyList<MailError> Errors)
{
    /// <summary>The body for a status that says it all, worded as in the official description.</summary>
    public static MailErrors Of(int status) => new([new(status switch
    {
        400 => "Bad Request",
        401 => "authorization required",
        403 => "access forbidden",
        404 => "not found",
        405 => "method not allowed",
        413 => "content too large",
        415 => "Content-Type should be application/json.",
        429 => "too many requests",
        503 => "service not available",
        _ => "internal server error",
    })]);
}
