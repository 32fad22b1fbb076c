namespace Gateway.Actors.Certificates.Acme;

/// <summary>What an ACME server may cost. Whatever it says, none of these is exceeded.</summary>
public static class AcmeLimits
{
    /// <summary>Bytes of an answer. Origin: a chain of four certificates with RSA 4096 has 12 KB in PEM; an order of 100 names 15 KB.</summary>
    public const int Answer = 128 * 1024;

    /// <summary>Names in one certificate. Origin: the limit of public certificate authorities.</summary>
    public const int Names = 100;

    /// <summary>Challenges that one authorization may offer.</summary>
    public const int Challenges = 32;

    /// <summary>Characters of a URL.</summary>
    public const int Url = 2048;

    /// <summary>Characters of a nonce. RFC 8555 section 6.5.1 gives none; servers use below 100.</summary>
    public const int Nonce = 512;

    /// <summary>Characters of a challenge's token. RFC 8555 section 8.3 wants at least 128 bits of entropy: 22; servers use 43.</summary>
    public const int Token = 256;

    /// <summary>
    /// How often one request is sent again because its nonce was refused. Origin: a server that refuses half of all good nonces fails one request
    /// in a million.
    /// </summary>
    public const int NonceRetries = 20;

    /// <summary>Certificates in a chain.</summary>
    public const int Chain = Protocols.Journal.EventLimits.Chain;

    /// <summary>Alternate chains that are looked at.</summary>
    public const int AlternateChains = 8;

    /// <summary>Characters of a server's explanation that are shown.</summary>
    public const int Explanation = 600;

    /// <summary>One request and its answer.</summary>
    public static readonly TimeSpan Request = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A whole order, from asking for it to its certificate. Origin: validation at several places takes public authorities below a minute; shorter than the
    /// coordinator waits, so that what is told is what was being waited for.
    /// </summary>
    public static readonly TimeSpan Order = TimeSpan.FromMinutes(4);

    /// <summary>Between two looks at an order or authorization, where the server asks for nothing else.</summary>
    public static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(1);

    /// <summary>The same, however often it was looked at, and whatever the server asks for.</summary>
    public static readonly TimeSpan SlowestPoll = TimeSpan.FromSeconds(60);

    /// <summary>How long a server that is too busy may keep its clients away.</summary>
    public static readonly TimeSpan LongestRetry = TimeSpan.FromDays(1);

    /// <summary>Bounds for how often renewal information is read. RFC 9773 section 4.3.2.</summary>
    public static readonly TimeSpan SoonestRenewalInfo = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LatestRenewalInfo = TimeSpan.FromDays(1);

    /// <summary>The same where the server names no time: RFC 9773 section 4.3.2 leaves it to clients.</summary>
    public static readonly TimeSpan UnsaidRenewalInfo = TimeSpan.FromHours(6);
}
