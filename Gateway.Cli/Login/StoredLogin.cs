using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Cli.Login;

/// <summary>How a login came about, and with that how it is made fresh.</summary>
public enum LoginKind
{
    /// <summary>A person at an OpenID Connect issuer: by refresh token.</summary>
    Person,

    /// <summary>A service account: by its client secret, which stays in its own file.</summary>
    Service,

    /// <summary>A person at a SAML provider: not at all, they log in again.</summary>
    Saml,
}

/// <summary>One login as it lies in the store. It holds secrets: <c>ToString</c> names none of them.</summary>
public sealed record StoredLogin
{
    /// <summary>The node it is for, <c>https://host:port</c>, or else the issuer: nobody else is ever sent this token.</summary>
    public required string For { get; init; }

    public required LoginKind Kind { get; init; }

    /// <summary>The issuer's URL, or the SAML provider's name at the node.</summary>
    public required string Issuer { get; init; }

    public string ClientId { get; init; } = "";

    public string? Scope { get; init; }

    public string? Resource { get; init; }

    /// <summary>PEM: what verifies the issuer's certificate; null: the system's authorities.</summary>
    public string? Authorities { get; init; }

    /// <summary>Where a service account's secret lies.</summary>
    public string? ClientSecretFile { get; init; }

    public required string AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public required DateTimeOffset Obtained { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>
    /// True when the token is to be renewed before use: in the last quarter of its life, but at most a minute before its end.
    /// </summary>
    public bool IsDue(DateTimeOffset now)
    {
        var quarter = (Expires - Obtained) / 4;
        return now >= Expires - (quarter < TimeSpan.FromMinutes(1) ? quarter : TimeSpan.FromMinutes(1));
    }

    public override string ToString() => $"{Kind} login for {For} at {Issuer}";
}

/// <summary>The file of the store.</summary>
sealed record StoredLogins(int Version, IReadOnlyList<StoredLogin> Logins)
{
    public const int CurrentVersion = 1;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredLogins))]
sealed partial class StoredLoginJson : JsonSerializerContext;
