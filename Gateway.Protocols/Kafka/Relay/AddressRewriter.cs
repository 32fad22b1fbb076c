using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Relay;

/// <summary>
/// Puts the gateway's own address in the place of every broker's in a whole response. Node ids stay: whoever rewrote them would have to rewrite
/// leaders, replicas and everything else that names one. No address passes as it came, whatever node it is told for; an empty host is none.
/// </summary>
sealed class AddressRewriter(Func<int, BrokerAddress?> addressOf)
{
    readonly FrameWalk _walk = new();

    /// <summary>The node whose address the gateway has none for, once <see cref="TryRewrite"/> was false.</summary>
    public int Unknown { get; private set; }

    /// <summary>
    /// Adds what has to change in a frame whose body was walked already. False when it names a broker that the gateway cannot be reached for.
    /// </summary>
    public bool TryRewrite(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, BodyEdits edits)
    {
        _walk.Begin(layout, frame, headLength);
        var (node, hostAt, hostLength) = (-1, 0, 0);
        while (_walk.TryNext(frame, out var token))
        {
            var at = _walk.At;
            if (token.Kind == BodyTokenKind.Tag) edits.EnterTag(token, at, frame.Slice(at, token.Consumed));
            if (token.Kind == BodyTokenKind.TagEnd) edits.LeaveTag();
            switch (token.Field?.Entity)
            {
                case EntityKind.Node when token.Kind == BodyTokenKind.Value:
                    node = (int)token.Number;
                    break;
                case EntityKind.Host when token.Kind == BodyTokenKind.Length:
                    (hostAt, hostLength) = (at, token.Consumed + (int)Math.Max(0, token.Number));
                    break;
                case EntityKind.Port when token.Kind == BodyTokenKind.Value:
                    var isNamed = hostLength > Empty(layout);
                    if (isNamed && !TryReplace(node, layout.IsFlexible, (hostAt, hostLength), (at, token.Consumed), edits)) return false;
                    (node, hostLength) = (-1, 0);
                    break;
            }
        }

        return true;
    }

    bool TryReplace(int node, bool isFlexible, (int At, int Length) host, (int At, int Length) port, BodyEdits edits)
    {
        if (addressOf(node) is not { } address)
        {
            Unknown = node;
            return false;
        }

        Span<byte> text = stackalloc byte[UnsignedVarint.MostBytes + address.HostBytes.Length];
        var length = WriteLength(text, address.HostBytes.Length, isFlexible);
        address.HostBytes.CopyTo(text[length..]);
        edits.Replace(host.At, host.Length, text[..(length + address.HostBytes.Length)]);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, address.Port);
        edits.Replace(port.At, port.Length, number);
        return true;
    }

    static int WriteLength(Span<byte> target, int length, bool isFlexible)
    {
        if (isFlexible) return UnsignedVarint.Write(target, (uint)length + 1);
        BinaryPrimitives.WriteInt16BigEndian(target, (short)length);
        return sizeof(short);
    }

    static int Empty(MessageLayout layout) => layout.IsFlexible ? 1 : sizeof(short);
}
