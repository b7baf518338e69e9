using System.Globalization;
using System.Reflection;
using System.Text;
using HandlebarsDotNet;

namespace ToolboxAI.Shared.Email;

/// <summary>
/// Renders mails from the Handlebars templates in this folder: each has a text form, whose first line is the subject, and an
/// HTML form; both are set into a common layout. A name that a template gets wrong fails here and not in somebody's inbox.
/// </summary>
public static class MailTemplates
{
    private static readonly Dictionary<string, Template> Compiled = MailTemplate.All.ToDictionary(name => name, Compile);

    /// <summary>Renders a mail.</summary>
    /// <param name="template">One of <see cref="MailTemplate"/>.</param>
    /// <param name="model">What it says; HTML in it shows as text.</param>
    public static RenderedMail Render(string template, PaymentMail model)
    {
        var compiled = Compiled[template];
        var text = compiled.Text(View(model, Line));
        var (first, rest) = text.IndexOf('\n') is var end and >= 0 ? (text[..end], text[end..]) : (text, "");
        var subject = Line(first);
        return new(
            subject,
            compiled.TextLayout(new { content = rest.Trim() }).ReplaceLineEndings("\n"),
            compiled.HtmlLayout(new { subject, content = compiled.Html(View(model, Line)).Trim() }).ReplaceLineEndings("\n"));
    }

    private static Dictionary<string, object?> View(PaymentMail model, Func<string, string> clean) => new()
    {
        ["plan"] = clean(model.Plan),
        ["amount"] = MoneyText.Of(model.Amount, model.Currency),
        ["reason"] = model.Reason is null ? null : clean(model.Reason),
        ["nextTryAt"] = Day(model.NextTryAt),
        ["deadline"] = Day(model.Deadline),
        ["tries"] = model.TriesLeft switch { <= 0 => null, 1 => "one more time", var n => $"up to {n} more times" },
        ["actionUrl"] = WebAddress(model.ActionUrl),
        ["authenticate"] = model.Authenticate,
        ["pauses"] = model.Ending == "pause",
        ["givesUp"] = model.Ending == "uncollectible",
        ["cancels"] = model.Ending is not ("pause" or "uncollectible"),
    };

    private static string? Day(DateTimeOffset? moment) =>
        moment?.ToUniversalTime().ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string? WebAddress(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? address.AbsoluteUri : null;

    // One line without control characters: a line break in a name must not become a header or a paragraph of ours.
    private static string Line(string value)
    {
        var line = new StringBuilder(value.Length);
        foreach (var part in value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            line.Append(line.Length > 0 ? " " : "").Append(string.Concat(part.Where(c => !char.IsControl(c))));
        }

        return line.ToString();
    }

    private static Template Compile(string name)
    {
        var html = Handlebars.Create(new HandlebarsConfiguration { ThrowOnUnresolvedBindingExpression = true });
        var text = Handlebars.Create(new HandlebarsConfiguration { ThrowOnUnresolvedBindingExpression = true, NoEscape = true });
        return new(
            text.Compile(Source($"{name}.txt.hbs")),
            text.Compile(Source("layout.txt.hbs")),
            html.Compile(Source($"{name}.html.hbs")),
            html.Compile(Source("layout.html.hbs")));
    }

    private static string Source(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ToolboxAI.Email.{file}")
            ?? throw new InvalidOperationException($"The template {file} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed record Template(
        HandlebarsTemplate<object, object> Text,
        HandlebarsTemplate<object, object> TextLayout,
        HandlebarsTemplate<object, object> Html,
        HandlebarsTemplate<object, object> HtmlLayout);
}
