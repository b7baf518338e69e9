using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SendGrid.Helpers.Errors.Model;

namespace SendGrid.Helpers.Errors;

/// <summary>Turns an answer that is not a success into the exception of its status.</summary>
public class ErrorHandler
{
    /// <summary>Always throws; the message is a <see cref="SendGridErrorResponse"/> as JSON.</summary>
    public static async Task ThrowException(HttpResponseMessage message)
    {
        var text = await message.Content.ReadAsStringAsync().ConfigureAwait(false);
        var error = JsonConvert.SerializeObject(Describe(message, text));
        throw (int)message.StatusCode switch
        {
            401 => new UnauthorizedException(error),
            403 => new ForbiddenException(error),
            404 => new NotFoundException(error),
            405 => new MethodNotAllowedException(error),
            413 => new PayloadTooLargeException(error),
            415 => new UnsupportedMediaTypeException(error),
            429 => new TooManyRequestsException(error),
            500 => new ServerUnavailableException(error),
            503 => new ServiceNotAvailableException(error),
            > 500 => new SendGridInternalException(error),
            > 400 => new RequestErrorException(error),
            _ => (Exception)new BadRequestException(error),
        };
    }

    private static SendGridErrorResponse Describe(HttpResponseMessage message, string text)
    {
        var description = new SendGridErrorResponse
        {
            ErrorHttpStatusCode = (int)message.StatusCode,
            ErrorReasonPhrase = message.ReasonPhrase,
        };
        try
        {
            var body = JObject.Parse(text);
            var first = (body["errors"] as JArray)?.FirstOrDefault();
            description.SendGridErrorMessage = (string?)(first?["message"] ?? body["error"]);
            description.FieldWithError = (string?)first?["field"];
            description.HelpLink = (string?)first?["help"];
        }
        catch (JsonException)
        {
            // A proxy's error page: status and reason say what there is to say.
            description.SendGridErrorMessage = null;
        }

        return description;
    }
}
