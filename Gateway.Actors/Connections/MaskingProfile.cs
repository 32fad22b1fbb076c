using System.Security.Cryptography.X509Certificates;
using Gateway.Protocols.Masking;

namespace Gateway.Actors.Connections;

/// <summary>What of a connection's payloads is masked.</summary>
/// <param name="Rules">What, where and how.</param>
/// <param name="Key">Where the key of tokens and encrypted fields is; null: no rule needs one.</param>
public sealed record MaskingProfile(MaskingRules Rules, SecretPlace? Key)
{
    public static readonly MaskingProfile None = new(MaskingRules.None, null);

    /// <summary>Where the schemas of payloads are; null: rules that look into Avro are none, and others look into what they see.</summary>
    public SchemaRegistry? Schemas { get; init; }
}

/// <summary>A schema registry that speaks Confluent's interface. Told apart by itself: what it told is kept as long as the connection that names it.</summary>
public sealed record SchemaRegistry
{
    /// <summary>As <see cref="UrlOf"/> makes it.</summary>
    public required Uri Url { get; init; }

    /// <summary>Of basic authentication; null: it brings a token, or nothing.</summary>
    public string? UserName { get; init; }

    /// <summary>Its password, or the bearer token where there is no user; null: it lets everybody read.</summary>
    public SecretPlace? Secret { get; init; }

    /// <summary>The authorities the server's chain must end in; empty: the system's.</summary>
    public required X509Certificate2Collection Authorities { get; init; }

    /// <summary>How long one question may take, and records wait for all of theirs.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>By https, of a host and perhaps a path, ending with a slash; null where the text is none such.</summary>
    public static Uri? UrlOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
        && url is { UserInfo: "", Query: "", Fragment: "" } ? new(url.AbsoluteUri.TrimEnd('/') + "/") : null;
}
