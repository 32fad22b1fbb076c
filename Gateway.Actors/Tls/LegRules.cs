using System.Net.Security;

namespace Gateway.Actors.Tls;

/// <summary>What a leg is held to beyond what .NET's options can say.</summary>
public sealed record LegRules
{
    /// <summary>Nothing more.</summary>
    public static readonly LegRules None = new();

    /// <summary>
    /// What a session was agreed under, 32 bytes: a client may resume it under the same only, so that a ticket of one connection
    /// opens no other. Empty: all sessions are alike to the server, and none is resumed by the client. Not every engine resumes as a client.
    /// </summary>
    public ReadOnlyMemory<byte> Scope { get; init; }

    /// <summary>The server's side: what its responder says of its certificate, in DER, for clients that ask. Not every engine hands it out.</summary>
    public byte[]? Staple { get; init; }

    /// <summary>The client's side: the server is asked what its responder says of its certificate. Not every engine can.</summary>
    public bool AsksStaple { get; init; }

    /// <summary>What may be spoken, of both versions; null: whatever the engine was made with. Said in .NET's options too, for engines that read those.</summary>
    public IReadOnlyList<TlsCipherSuite>? Suites { get; init; }

    /// <summary>Groups for the key exchange by OpenSSL's names, preferred first; null: the engine's own. Not every engine keeps it.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Signature algorithms by IANA's names, preferred first; null: the engine's own. Not every engine keeps it.</summary>
    public IReadOnlyList<string>? SignatureAlgorithms { get; init; }
}
