using System.Text.RegularExpressions;

namespace SendGrid.Helpers.Mail;

/// <summary>Builds the messages of common uses.</summary>
public partial class MailHelper
{
    /// <summary>One mail to one recipient.</summary>
    public static SendGridMessage CreateSingleEmail(
        EmailAddress from, EmailAddress to, string subject, string? plainTextContent, string? htmlContent)
    {
        var message = From(from, plainTextContent, htmlContent);
        message.SetSubject(subject);
        message.AddTo(to);
        return message;
    }

    /// <summary>One mail to many, each of whom sees only their own address.</summary>
    public static SendGridMessage CreateSingleEmailToMultipleRecipients(
        EmailAddress from, List<EmailAddress> tos, string subject, string? plainTextContent, string? htmlContent)
    {
        var message = From(from, plainTextContent, htmlContent);
        message.SetGlobalSubject(subject);
        for (var i = 0; i < tos.Count; i++)
        {
            message.AddTo(tos[i], i);
        }

        return message;
    }

    /// <summary>One mail to many, who may see each other's addresses.</summary>
    public static SendGridMessage CreateSingleEmailToMultipleRecipients(
        EmailAddress from,
        List<EmailAddress> tos,
        string subject,
        string? plainTextContent,
        string? htmlContent,
        bool showAllRecipients = false)
    {
        if (!showAllRecipients)
        {
            return CreateSingleEmailToMultipleRecipients(from, tos, subject, plainTextContent, htmlContent);
        }

        var message = From(from, plainTextContent, htmlContent);
        message.SetGlobalSubject(subject);
        message.AddTos(tos);
        return message;
    }

    /// <summary>Reads <c>address</c> or <c>Name &lt;address&gt;</c>.</summary>
    public static EmailAddress StringToEmailAddress(string rfc2822Email)
    {
        var match = NameAndAddress().Match(rfc2822Email);
        return match.Success
            ? new(match.Groups["email"].Value.Trim(), match.Groups["name"].Value.Trim())
            : new(rfc2822Email.Trim(), rfc2822Email.Contains('@') ? "" : null);
    }

    private static SendGridMessage From(EmailAddress from, string? text, string? html)
    {
        var message = new SendGridMessage { From = from };
        if (!string.IsNullOrEmpty(text))
        {
            message.AddContent(MimeType.Text, text);
        }

        if (!string.IsNullOrEmpty(html))
        {
            message.AddContent(MimeType.Html, html);
        }

        return message;
    }

    [GeneratedRegex("^(?<name>[^<]*)<(?<email>[^>]*@[^>]*)>", RegexOptions.ExplicitCapture)]
    private static partial Regex NameAndAddress();
}
