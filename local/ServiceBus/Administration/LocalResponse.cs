using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>The raw answer that goes with a result: the local bus speaks no HTTP, so it says 200 and nothing else.</summary>
internal sealed class LocalResponse : Response
{
    public override int Status => 200;

    public override string ReasonPhrase => "OK";

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    public static Response<T> Of<T>(T value) => FromValue(value, new LocalResponse());

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => false;

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = null;
        return false;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = null;
        return false;
    }
}

/// <summary>A list that is fetched as a whole when it is read.</summary>
internal sealed class LocalPageable<T>(Func<Task<IReadOnlyList<T>>> fetch) : AsyncPageable<T>
    where T : notnull
{
    public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        yield return Page<T>.FromValues(await fetch(), null, new LocalResponse());
    }
}
