using Gateway.Protocols.Journal;

namespace Gateway.Actors.Tls;

/// <summary>How a client's handshake went: what is known of the client, refused or not, and the connection, if it was secured.</summary>
public sealed record ClientHandshake(ClientFacts Client, Verdict<SecuredConnection> Verdict);
