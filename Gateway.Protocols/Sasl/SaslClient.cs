namespace Gateway.Protocols.Sasl;

/// <summary>What comes of a server's message.</summary>
/// <param name="Answer">What is to be sent next; null: nothing.</param>
/// <param name="Fault">Why the server is not gone on with, without anything secret; null: it is.</param>
public readonly record struct SaslStep(byte[]? Answer, string? Fault)
{
    public static SaslStep Bad(string fault) => new(null, fault);
}

/// <summary>
/// The gateway's side of one SASL exchange: bytes in, bytes out. It ends well when the server says so <em>and</em> <see cref="IsSatisfied"/>: a
/// mechanism in which the server proves itself too is not satisfied before.
/// </summary>
public abstract class SaslClient
{
    public static SaslClient Of(UpstreamCredentials credentials) => credentials.Mechanism switch
    {
        SaslMechanism.Plain => new OneMessage(SaslMessages.Plain(credentials.UserName, credentials.Password), "the password"),
        SaslMechanism.OAuthBearer => new OneMessage(SaslMessages.Bearer(credentials.Password), "the token"),
        var mechanism => new ScramClient(mechanism, credentials.UserName ?? "", credentials.Password ?? "", ScramClient.NewNonce()),
    };

    /// <summary>What the gateway says first.</summary>
    public abstract byte[] First { get; }

    /// <summary>Whether all was said and heard that makes the exchange good.</summary>
    public abstract bool IsSatisfied { get; }

    /// <summary>Reads the server's next message.</summary>
    public abstract SaslStep Read(ReadOnlySpan<byte> message);

    /// <summary>A mechanism that says everything at once. A server that has more to say then says what is wrong (RFC 7628 section 3.2.2).</summary>
    sealed class OneMessage(byte[] first, string what) : SaslClient
    {
        public override byte[] First => first;

        public override bool IsSatisfied => true;

        public override SaslStep Read(ReadOnlySpan<byte> message) => message.IsEmpty ? default : SaslStep.Bad($"the upstream does not take {what}");
    }
}
