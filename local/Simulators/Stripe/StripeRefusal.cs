using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>An answer that is an error, in Stripe's words.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="error">The fields of <c>error</c>.</param>
/// <param name="began">
/// Whether execution had begun: what was done so far stays, and the answer is kept under the idempotency key.
/// A request that was refused for its parameters did nothing and is not kept.
/// </param>
internal sealed class StripeRefusal(int status, JsonObject error, bool began = false) : Exception(error["message"]?.GetValue<string>())
{
    public int Status { get; } = status;

    public JsonObject Body { get; } = new() { ["error"] = error };

    public bool Began { get; } = began;

    /// <summary>Parameters that cannot be right, or an operation that the object's state does not allow.</summary>
    public static StripeRefusal Invalid(string message, string? param = null, string? code = null, int status = 400, bool began = false)
    {
        var error = new JsonObject();
        if (code is not null)
        {
            error["code"] = code;
            error["doc_url"] = DocUrl(code);
        }

        error["message"] = message;
        if (param is not null)
        {
            error["param"] = param;
        }

        error["type"] = "invalid_request_error";
        return new(status, error, began);
    }

    public static StripeRefusal Missing(string param) =>
        Invalid($"Missing required param: {param}.", param, "parameter_missing");

    public static StripeRefusal Unknown(string param) =>
        Invalid($"Received unknown parameter: {param}", param, "parameter_unknown");

    /// <summary>An id that names nothing: 404 in the path, 400 in a parameter.</summary>
    public static StripeRefusal NoSuch(string kind, string id, string param = "id") =>
        Invalid($"No such {kind.Replace('_', ' ')}: '{id}'", param, "resource_missing", param == "id" ? 404 : 400);

    public static StripeRefusal Unauthorized(string? key) => Invalid(
        key is null
            ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
                + "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, "
                + "or we can help at https://support.stripe.com/."
            : $"Invalid API Key provided: {Mask(key)}",
        status: 401);

    public static StripeRefusal NoSuchUrl(string method, string path) => Invalid(
        $"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
        status: 404);

    /// <summary>The key was used for something else.</summary>
    public static StripeRefusal KeyReused(string key, string? otherPath) => new(400, new JsonObject
    {
        ["message"] = (otherPath is null
            ? "Keys for idempotent requests can only be used with the same parameters they were first used with."
            : $"Keys for idempotent requests can only be used for the same endpoint they were first used for ('{otherPath}').")
            + $" Try using a key other than '{key}' if you meant to execute a different request.",
        ["type"] = "idempotency_error",
    });

    /// <summary>The first request with this key is still running.</summary>
    public static StripeRefusal KeyInUse(string key) => new(409, new JsonObject
    {
        ["code"] = "idempotency_key_in_use",
        ["doc_url"] = DocUrl("idempotency_key_in_use"),
        ["message"] = "There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, "
            + $"and the other request is still going through): {key}. Please try again later.",
        ["type"] = "idempotency_error",
    });

    /// <summary>What a fault of this status answers.</summary>
    public static StripeRefusal Fault(int status) => new(status, status switch
    {
        429 => new JsonObject { ["code"] = "rate_limit", ["doc_url"] = DocUrl("rate_limit"), ["message"] = "Too many requests hit the API too quickly. We recommend an exponential backoff of your requests.", ["type"] = "invalid_request_error" },
        409 => new JsonObject { ["code"] = "lock_timeout", ["doc_url"] = DocUrl("lock_timeout"), ["message"] = "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.", ["type"] = "invalid_request_error" },
        >= 500 => new JsonObject { ["message"] = "An unknown error occurred", ["type"] = "api_error" },
        _ => new JsonObject { ["message"] = "The request was refused.", ["type"] = "invalid_request_error" },
    }, began: status >= 500);

    internal static string DocUrl(string code) => $"https://stripe.com/docs/error-codes/{code.Replace('_', '-')}";

    private static string Mask(string key) => key.Length <= 8
        ? new string('*', key.Length)
        : string.Concat(key.AsSpan(0, Math.Min(8, key.Length - 4)), new string('*', Math.Max(0, key.Length - 12)), key.AsSpan(key.Length - 4));
}
