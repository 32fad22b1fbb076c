namespace Gateway.Actors.Tls;

/// <summary>
/// A TLS session that a server let this process resume. Before it is offered, the certificate that the server had is judged anew; whoever judges is asked by
/// <see cref="Offer"/> as the sender then, and what stands against it makes the handshake a full one: that certificate is not the one to be refused by name.
/// </summary>
public static class EarlierSession
{
    public static readonly object Offer = new();
}
