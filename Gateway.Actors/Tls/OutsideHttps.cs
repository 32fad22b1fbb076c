using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls;

/// <summary>Clients of servers outside, over verified HTTPS.</summary>
public static class OutsideHttps
{
    /// <summary>One that goes nowhere but where it is told to, and waits as long as its caller does. The caller disposes of it.</summary>
    /// <param name="authoritiesFile">PEM bundle the server is verified with; null: the system's authorities.</param>
    /// <param name="largest">Bytes of an answer.</param>
    public static HttpClient Client(string? authoritiesFile, int largest) => Client(Trust(authoritiesFile), largest);

    /// <summary>The same.</summary>
    /// <param name="authorities">What the server is verified with; empty: the system's authorities.</param>
    /// <param name="largest">Bytes of an answer.</param>
    public static HttpClient Client(X509Certificate2Collection authorities, int largest) =>
        Client(authorities.Count == 0 ? null : Trust(authorities), largest);

    static HttpClient Client(X509ChainPolicy? trust, int largest) => new(new SocketsHttpHandler
    {
        // A redirect would lead to an address that nobody configured and no server named.
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxResponseHeadersLength = 16,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
    })
    {
        MaxResponseContentBufferSize = largest,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>How long a server wants to be left alone (RFC 9110 section 10.2.3). Null when it does not say; never negative.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders answer, DateTimeOffset now)
    {
        var header = answer.RetryAfter;
        var wanted = header?.Delta ?? header?.Date - now;
        return wanted is { } time && time < TimeSpan.Zero ? TimeSpan.Zero : wanted;
    }

    // Revocation is not asked for: what depends on the server would depend on a third one. A server's certificate is withdrawn by taking its
    // authority out of the file.
    public static X509ChainPolicy? Trust(string? authoritiesFile)
    {
        if (authoritiesFile is null) return null;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(authoritiesFile);
        return Trust(authorities);
    }

    static X509ChainPolicy Trust(X509Certificate2Collection authorities)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(authorities);
        return trust;
    }
}
