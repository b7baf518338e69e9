using System.Net.Sockets;
using System.Text;

namespace ToolboxAI.Tests.Benchmarks.Http;

/// <summary>
/// One kept-alive connection that sends the same request again and again. It does next to nothing per request, so that what is
/// measured is the server.
/// </summary>
public sealed class RawClient(Uri address, string path, string method = "GET", params string[] headers) : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private readonly byte[] request = Request(address, path, method, headers);

    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Sends the request, which has no body, once and reads the whole answer; its status.</summary>
    /// <exception cref="IOException">The server closed the connection, or its answer has no length.</exception>
    public Task<int> Get() => Send(request);

    /// <summary>Sends the request with one more header.</summary>
    public Task<int> Get(string header) => Send(Request(address, path, method, [.. headers, header]));

    /// <summary>A whole request with a body, for <see cref="Send"/>.</summary>
    public static byte[] Post(Uri address, string path, string body, params string[] headers) =>
        [.. Request(address, path, "POST", [.. headers, "Content-Type: application/json", $"Content-Length: {Encoding.UTF8.GetByteCount(body)}"]), .. Encoding.UTF8.GetBytes(body)];

    /// <summary>Sends a whole request and reads the whole answer; its status.</summary>
    /// <exception cref="IOException">The server closed the connection, or its answer has no length.</exception>
    public async Task<int> Send(byte[] what)
    {
        if (!socket.Connected)
        {
            await socket.ConnectAsync(address.Host, address.Port);
        }

        await socket.SendAsync(what);
        var (read, expected) = (0, int.MaxValue);
        while (read < expected)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (got == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            read += got;
            if (expected == int.MaxValue)
            {
                expected = LengthOf(buffer.AsSpan(0, read)) ?? expected;
            }
        }

        return ((buffer[9] - '0') * 100) + ((buffer[10] - '0') * 10) + buffer[11] - '0';
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private static byte[] Request(Uri address, string path, string method, string[] headers) => Encoding.ASCII.GetBytes(
        $"{method} {path} HTTP/1.1\r\nHost: {address.Authority}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");

    /// <summary>The length of the answer once its head has come; null before.</summary>
    private static int? LengthOf(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf(EndOfHead);
        if (head < 0)
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(answer[..(head + 2)]);
        if (text.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            return answer.EndsWith("0\r\n\r\n"u8) ? answer.Length : null;
        }

        var at = text.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase);
        return at < 0
            ? throw new IOException($"The answer has no length: {text}")
            : head + 4 + int.Parse(text.AsSpan(at + 15, text.IndexOf('\r', at) - at - 15).Trim());
    }
}
