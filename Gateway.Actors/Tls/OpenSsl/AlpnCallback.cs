using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Confirms the connection's own application protocol to a client that offers it, and nothing else. RFC 7301 section 3.2.
/// </summary>
static unsafe class AlpnCallback
{
    const int Confirmed = 0;
    const int NotAnswered = 3;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Select(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint length, nint argument)
    {
        if (HandshakeState.Of(ssl).Protocol is not { } protocol) return NotAnswered;
        var wanted = protocol.Protocol.Span;
        for (var at = 0u; at < length; at += 1u + offered[at])
        {
            var size = offered[at];
            if (at + 1 + size > length || !wanted.SequenceEqual(new ReadOnlySpan<byte>(offered + at + 1, size))) continue;
            *selected = offered + at + 1;
            *selectedLength = size;
            return Confirmed;
        }

        return NotAnswered;
    }
}
