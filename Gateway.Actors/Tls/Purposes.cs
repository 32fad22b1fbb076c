using System.Security.Cryptography;

namespace Gateway.Actors.Tls;

/// <summary>What a certificate may be used for. RFC 5280 section 4.2.1.12.</summary>
public static class Purposes
{
    public static Oid Server => new("1.3.6.1.5.5.7.3.1", "server authentication");

    public static Oid Client => new("1.3.6.1.5.5.7.3.2", "client authentication");
}
