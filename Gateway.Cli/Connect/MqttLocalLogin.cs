using System.Buffers;
using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Mqtt;

namespace Gateway.Cli.Connect;

/// <summary>The CONNECT of a client, with the token as its password (MQTT 5 section 3.1, MQTT 3.1.1 section 3.1). Everything else stays.</summary>
sealed class MqttLocalLogin : ILocalLogin
{
    public async Task PassAsync(Stream client, Stream gateway, string token, CancellationToken cancel)
    {
        var received = new byte[Limits.Default.Login];
        var count = 0;
        while (true)
        {
            var read = count == received.Length ? 0 : await client.ReadAsync(received.AsMemory(count), cancel);
            if (read == 0) throw new LocalLoginException(count == received.Length ? "its CONNECT is too large" : "it left before its CONNECT was whole");
            count += read;
            if (Completed(received.AsSpan(0, count), token) is not { } completed) continue;
            await gateway.WriteAsync(completed, cancel);
            return;
        }
    }

    /// <summary>Null as long as the packet is not whole. What a client sent after it is passed on as it is.</summary>
    static ReadOnlyMemory<byte>? Completed(ReadOnlySpan<byte> received, string token)
    {
        var status = FixedHeader.TryRead(received, out var header);
        if (status == ReadStatus.NeedMore) return null;
        if (status == ReadStatus.Malformed || header.Type != PacketType.Connect) throw new LocalLoginException("its first packet is no CONNECT of MQTT");
        if (header.PacketLength > Limits.Default.Login) throw new LocalLoginException("its CONNECT is too large");
        if (header.PacketLength > received.Length) return null;
        var length = (int)header.PacketLength;
        var refusal = ConnectPacket.TryRead(received[header.Length..length], out var connect, out var detail);
        if (refusal != Refusal.None) throw new LocalLoginException($"{refusal.Word()} ({detail})");
        var target = new ArrayBufferWriter<byte>();
        connect!.Write(target, connect.UserName is { } name ? Encoding.UTF8.GetBytes(name) : null, Encoding.UTF8.GetBytes(token));
        target.Write(received[length..]);
        return target.WrittenMemory;
    }
}
