using Gateway.Protocols.Sasl;

namespace Gateway.Protocols.Kafka.Login;

/// <summary>The mechanisms by which clients may prove themselves, in the order of the gateway's liking.</summary>
sealed class SaslOffer(bool takesTokens, bool takesAccounts)
{
    public IReadOnlyList<SaslMechanism> Mechanisms { get; } =
    [
        .. takesTokens || !takesAccounts ? [SaslMechanism.OAuthBearer, SaslMechanism.Plain] : Array.Empty<SaslMechanism>(),
        .. takesAccounts ? ScramVerifier.All : [],
    ];

    /// <summary>The mechanism of that name; null where it is not offered.</summary>
    public SaslMechanism? Find(string? word) => Mechanisms.Where(known => known.Word() == word).Select(known => (SaslMechanism?)known).FirstOrDefault();
}
