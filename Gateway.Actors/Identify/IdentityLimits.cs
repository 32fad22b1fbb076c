namespace Gateway.Actors.Identify;

/// <summary>Every cap on what a token, a certificate or an issuer can make the gateway hold or wait for.</summary>
public static class IdentityLimits
{
    /// <summary>
    /// Characters of a token, compared before anything of it is decoded. Origin: tokens with many groups reach 8 to 16 KB.
    /// </summary>
    public const int Token = 32 * 1024;

    /// <summary>
    /// Characters of a subject's or a group's name. Origin: a token's <c>sub</c> has at most 255 (OpenID Connect Core section 2).
    /// </summary>
    public const int Name = 255;

    /// <summary>Groups of one identity. Origin: directories cut the groups of a token off at 150 to 200.</summary>
    public const int Groups = 512;

    /// <summary>Bytes of an issuer's discovery document, and of its keys. Origin: public issuers publish 1 to 10 KB.</summary>
    public const int IssuerDocument = 1024 * 1024;

    /// <summary>Keys of one issuer. Origin: public issuers publish 2 to 20.</summary>
    public const int IssuerKeys = 256;

    /// <summary>For both documents of an issuer together. Origin: well below the time a client has for its login.</summary>
    public static readonly TimeSpan IssuerDeadline = TimeSpan.FromSeconds(5);
}
