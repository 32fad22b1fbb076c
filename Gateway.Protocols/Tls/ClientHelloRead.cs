namespace Gateway.Protocols.Tls;

/// <summary>
/// What <see cref="ClientHello.Read"/> found: more bytes are needed, a hello, or a refusal. The default value is "more bytes are needed".
/// </summary>
public readonly record struct ClientHelloRead
{
    /// <summary>Set when the hello is whole and well-formed.</summary>
    public ClientHello? Hello { get; private init; }

    /// <summary>Set (not <see cref="Refusal.None"/>) when no further byte can make this a hello.</summary>
    public Refusal Refusal { get; private init; }

    /// <summary>What exactly was wrong; never bytes of the peer.</summary>
    public string? Detail { get; private init; }

    public bool NeedsMore => Hello is null && Refusal == Refusal.None;

    public static readonly ClientHelloRead NeedMore;

    public static ClientHelloRead Complete(ClientHello hello) => new() { Hello = hello };

    public static ClientHelloRead Refused(Refusal refusal, string detail) => new() { Refusal = refusal, Detail = detail };

    internal static ClientHelloRead Malformed(string detail) => Refused(Refusal.ClientHelloMalformed, detail);
}
