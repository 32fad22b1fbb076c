using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Identify.Saml;

/// <summary>What a response must fit to be believed.</summary>
public sealed record SamlExpectations
{
    /// <summary>The provider's entity id.</summary>
    public required string Issuer { get; init; }

    /// <summary>The certificates whose keys its signatures count by.</summary>
    public required IReadOnlyList<X509Certificate2> Certificates { get; init; }

    /// <summary>This gateway's entity id at the provider.</summary>
    public required string Audience { get; init; }

    /// <summary>The address the response must have been sent to.</summary>
    public required string Recipient { get; init; }

    /// <summary>The id of the request that it must answer.</summary>
    public required string InResponseTo { get; init; }

    /// <summary>The attribute that names the subject; null: the name id.</summary>
    public string? NameAttribute { get; init; }

    public required string GroupsAttribute { get; init; }

    public required TimeSpan ClockSkew { get; init; }
}

/// <summary>What a sound assertion says.</summary>
/// <param name="Id">Its id; it may be used once.</param>
/// <param name="Name">Whom it names.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Until">When it can be used no longer: until then its id is remembered.</param>
/// <param name="SessionUntil">When the provider wants the session to end; null: it does not say.</param>
public sealed record SamlAssertion(string Id, string Name, IReadOnlyList<string> Groups, DateTimeOffset Until, DateTimeOffset? SessionUntil);
