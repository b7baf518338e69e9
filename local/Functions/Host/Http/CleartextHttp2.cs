using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// HTTP/2 without TLS on the port of HTTP/1.1. Kestrel serves one of them per cleartext endpoint; here the first bytes of a connection
/// decide, and one that begins with HTTP/2's preface goes on at an endpoint within the process that serves HTTP/2 only.
/// </summary>
internal sealed class CleartextHttp2 : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly Channel<ConnectionContext> handedOver = Channel.CreateUnbounded<ConnectionContext>();

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n"u8;

    /// <summary>Adds the endpoint within the process.</summary>
    public static void Listen(KestrelServerOptions kestrel) => kestrel.Listen(new InProcess(), endpoint => endpoint.Protocols = HttpProtocols.Http2);

    /// <summary>Makes an endpoint hand over the connections that speak HTTP/2.</summary>
    public void Watch(ListenOptions endpoint)
    {
        endpoint.Protocols = HttpProtocols.Http1;
        endpoint.Use(next => async connection =>
        {
            if (await SpeaksHttp2Async(connection.Transport.Input, connection.ConnectionClosed).ConfigureAwait(false))
            {
                var other = new HandedOver(connection);
                handedOver.Writer.TryWrite(other);
                await other.Ended.ConfigureAwait(false);
            }
            else
            {
                await next(connection).ConfigureAwait(false);
            }
        });
    }

    public bool CanBind(EndPoint endpoint) => endpoint is InProcess;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(endpoint, handedOver));

    private static async Task<bool> SpeaksHttp2Async(PipeReader input, CancellationToken closed)
    {
        while (true)
        {
            var read = await input.ReadAsync(closed).ConfigureAwait(false);
            var length = (int)Math.Min(read.Buffer.Length, Preface.Length);
            var matches = Matches(read.Buffer.Slice(0, length));
            var undecided = matches && length < Preface.Length && !read.IsCompleted;

            // What was looked at is left for whoever serves the connection.
            input.AdvanceTo(read.Buffer.Start, undecided ? read.Buffer.End : read.Buffer.Start);
            if (!undecided)
            {
                return matches && length == Preface.Length;
            }
        }
    }

    private static bool Matches(ReadOnlySequence<byte> start) => Preface.StartsWith(start.ToArray());

    /// <summary>The address of the endpoint within the process.</summary>
    private sealed class InProcess : EndPoint
    {
        public override string ToString() => "HTTP/2 on the same port";
    }

    private sealed class Listener(EndPoint endpoint, Channel<ConnectionContext> connections) : IConnectionListener
    {
        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && connections.Reader.TryRead(out var connection) ? connection : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            connections.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    /// <summary>A connection in its second life; the first one waits for its end.</summary>
    private sealed class HandedOver(ConnectionContext connection) : ConnectionContext
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => ended.Task;

        public override string ConnectionId { get; set; } = connection.ConnectionId + "-h2";

        public override IFeatureCollection Features { get; } = new FeatureCollection(connection.Features);

        public override IDictionary<object, object?> Items { get; set; } = connection.Items;

        public override IDuplexPipe Transport { get; set; } = connection.Transport;

        public override CancellationToken ConnectionClosed { get; set; } = connection.ConnectionClosed;

        public override EndPoint? LocalEndPoint { get; set; } = connection.LocalEndPoint;

        public override EndPoint? RemoteEndPoint { get; set; } = connection.RemoteEndPoint;

        public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync().ConfigureAwait(false);
            ended.TrySetResult();
        }
    }
}
