using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Cli.Pcap;

/// <summary>
/// A recording as packets for Wireshark: what was said inside of TLS, in the segments of a TCP connection that never was. The client has its own
/// address and port; the gateway has <see cref="GatewayV4"/> or <see cref="GatewayV6"/>, addresses for documentation, and the port of the protocol
/// without TLS, so that the protocol is dissected.
/// </summary>
sealed class PcapngExport(SessionRow row, Stream to)
{
    /// <summary>RFC 5737.</summary>
    static readonly IPAddress GatewayV4 = IPAddress.Parse("192.0.2.1");

    /// <summary>RFC 3849.</summary>
    static readonly IPAddress GatewayV6 = IPAddress.Parse("2001:db8::1");

    /// <summary>The port of protocols that have none: nobody's, so that nothing is read into the bytes.</summary>
    const int NobodysPort = 65535;

    readonly PcapngWriter _file = new(to);
    readonly TcpSegments _segments = Segments(row);
    long _last = row.StartedAt;

    /// <summary>What comes before the first byte of traffic: the handshake of the connection, at the session's start.</summary>
    public async Task BeginAsync(CancellationToken cancel)
    {
        var about = $"session {row.SessionId}, connection {row.Connection}, protocol {row.Protocol}, subject {row.Subject ?? "-"}, node {row.NodeKey}";
        await _file.BeginAsync(
            $"Decrypted payload of {about}. Addresses of the gateway, headers and segments are synthesised.", row.Connection, cancel);
        await WriteAsync(Direction.ToUpstream, TcpFlags.Syn, default, about, cancel);
        await WriteAsync(Direction.ToClient, TcpFlags.Syn | TcpFlags.Ack, default, null, cancel);
        await WriteAsync(Direction.ToUpstream, TcpFlags.Ack, default, null, cancel);
    }

    public async Task WriteAsync(ReplayPiece piece, CancellationToken cancel)
    {
        _last = Math.Max(_last, piece.At);
        for (var rest = piece.Bytes; !rest.IsEmpty;)
        {
            var length = Math.Min(rest.Length, _segments.MaxSegment);
            var flags = length == rest.Length ? TcpFlags.Psh | TcpFlags.Ack : TcpFlags.Ack;
            await WriteAsync(piece.Direction, flags, rest[..length], null, cancel);
            rest = rest[length..];
        }

        await WriteAsync(Other(piece.Direction), TcpFlags.Ack, default, null, cancel);
    }

    /// <summary>Who closed closes here too; whatever else ended the session resets the connection. An open session has no end.</summary>
    public async Task EndAsync(CancellationToken cancel)
    {
        if (row.Closing is not { } closing) return;
        _last = Math.Max(_last, closing.ClosedAt);
        var refusal = closing.Refusal == Refusal.None ? "" : $", {closing.Refusal.Word()}";
        var how = $"{closing.Ending.Word()}{refusal}{(closing.Detail is { } detail ? $": {detail}" : "")}";
        if (closing.Ending is not (Ending.ClosedByClient or Ending.ClosedByUpstream))
        {
            await WriteAsync(Direction.ToClient, TcpFlags.Rst | TcpFlags.Ack, default, how, cancel);
            return;
        }

        var first = closing.Ending == Ending.ClosedByClient ? Direction.ToUpstream : Direction.ToClient;
        await WriteAsync(first, TcpFlags.Fin | TcpFlags.Ack, default, how, cancel);
        await WriteAsync(Other(first), TcpFlags.Fin | TcpFlags.Ack, default, null, cancel);
        await WriteAsync(first, TcpFlags.Ack, default, null, cancel);
    }

    Task WriteAsync(Direction direction, TcpFlags flags, ReadOnlyMemory<byte> payload, string? comment, CancellationToken cancel) =>
        _file.PacketAsync(_last, _segments.Next(direction, flags, payload.Span), comment, cancel);

    static Direction Other(Direction direction) => direction == Direction.ToUpstream ? Direction.ToClient : Direction.ToUpstream;

    static TcpSegments Segments(SessionRow row)
    {
        // An index made by hand may hold what is no address; the traffic is worth seeing all the same.
        var client = IPEndPoint.TryParse(row.ClientAddress, out var parsed) ? parsed : new IPEndPoint(IPAddress.None, 0);
        if (client.Address.IsIPv4MappedToIPv6) client.Address = client.Address.MapToIPv4();
        var gateway = client.AddressFamily == AddressFamily.InterNetworkV6 ? GatewayV6 : GatewayV4;
        return new TcpSegments(client, new IPEndPoint(gateway, ProtocolCatalog.Find(row.Protocol)?.PlainPort ?? NobodysPort));
    }
}
