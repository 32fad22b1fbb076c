using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Judges a client's certificate again when it resumes. A ticket carries the certificate, but not its intermediates: they are sealed into
/// it beside, from the chain that was verified. When a ticket comes back, the chain is built and judged as in a full handshake, by the rules and
/// the clock of now; where it does not pass, the ticket is passed over, and the client has to prove itself in full.
/// SSL_CTX_set_session_ticket_cb(3), SSL_SESSION_get0_ticket_appdata(3).
/// </summary>
static unsafe class ResumedPeer
{
    const int Failed = 0;
    const int Written = 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Seal(nint ssl, nint argument)
    {
        try
        {
            if (HandshakeState.Of(ssl).Intermediates is not { } chain) return Written;
            fixed (byte* start = chain) return LibSsl.SSL_SESSION_set1_ticket_appdata(LibSsl.SSL_get_session(ssl), start, (nuint)chain.Length);
        }
        catch (Exception)
        {
            // Nothing may be thrown through the library; the handshake fails instead.
            return Failed;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static TicketUse Open(nint ssl, nint session, byte* name, nuint nameLength, TicketState state, nint argument)
    {
        try
        {
            if (state is not (TicketState.Opened or TicketState.OpenedByOldKey)) return TicketUse.IgnoreAndRenew;
            var handshake = HandshakeState.Of(ssl);
            if (handshake.Peer.Judge is not null && !Accepts(handshake, session)) return TicketUse.IgnoreAndRenew;
            return state == TicketState.Opened ? TicketUse.Use : TicketUse.UseAndRenew;
        }
        catch (Exception)
        {
            // What could not be judged is not trusted: the full handshake judges it.
            return TicketUse.IgnoreAndRenew;
        }
    }

    /// <summary>A client that showed no certificate when the ticket was made is asked for one anew.</summary>
    static bool Accepts(HandshakeState handshake, nint session)
    {
        var leaf = LibSsl.SSL_SESSION_get0_peer(session);
        if (leaf == 0) return false;
        LibSsl.SSL_SESSION_get0_ticket_appdata(session, out var data, out var length);
        using var intermediates = SealedChain.Read(new ReadOnlySpan<byte>(data, (int)Math.Min(length, int.MaxValue)));
        if (intermediates is null) return false;
        using var certificate = PeerCertificate.Share(leaf);
        return PeerVerification.Judge(certificate, intermediates.Certificates, handshake) is null;
    }
}
