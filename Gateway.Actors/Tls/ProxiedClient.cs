using System.Net;
using Gateway.Actors.Accept;
using Gateway.Protocols;

namespace Gateway.Actors.Tls;

/// <summary>
/// Who the client is whom a connection leads to: where balancers in front of the connection may tell so, they have to, before TLS; nobody else may.
/// </summary>
static class ProxiedClient
{
    /// <summary>The client's address; the header, if there is one, has been read from <paramref name="wire"/>, and no byte more.</summary>
    public static async ValueTask<Verdict<IPEndPoint>> FindAsync(AcceptedConnection accepted, PeekableStream wire, CancellationToken cancel)
    {
        var isBalancer = !accepted.IsProbe && accepted.Profile.IsBalancer(accepted.Client.Address);
        while (true)
        {
            switch (ProxyHeader.Begins(wire.Peeked))
            {
                case false when isBalancer:
                    return new Refused(Refusal.ProxyHeaderMissing, $"{accepted.Client.Address} is one of listen.proxyProtocol.from and sent none");
                case false:
                    return accepted.Client;
                case true when !isBalancer:
                    return new Refused(Refusal.ProxyHeaderUntrusted, $"{accepted.Client.Address} is none of listen.proxyProtocol.from");
            }

            var read = ProxyHeader.Read(wire.Peeked);
            if (read.Fault is { } fault) return new Refused(Refusal.ProxyHeaderMalformed, fault);
            if (read.Length > 0)
            {
                wire.Skip(read.Length);
                return read.Source ?? accepted.Client;
            }

            if (!await wire.FillAsync(cancel).ConfigureAwait(false))
                return new Refused(Refusal.TlsHandshakeFailed, "the client left before it said anything whole");
        }
    }
}
