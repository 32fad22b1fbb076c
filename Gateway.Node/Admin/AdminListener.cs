using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Gateway.Node.Admin;

/// <summary>
/// The HTTPS port of the admin API. HTTP/1.1 only: nothing here needs multiplexed requests, and a smaller server is less to attack.
/// </summary>
sealed class AdminListener(AdminOptions admin, INodeCertificates certificates, AdminCertificates clients) : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>People, probes and scrapers of one node; more is an attack or a mistake.</summary>
    const int MaxConnections = 256;

    /// <summary>The largest body anybody may send is the reason of a kill.</summary>
    const int MaxBodyBytes = 4096;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // RFC 9325 section 4.2: below TLS 1.3 only ephemeral key exchange and AEAD.
    static readonly TlsCipherSuite[] s_suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    // Windows takes its suites from the system's own policy.
    static readonly CipherSuitesPolicy? s_policy =
        OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? new CipherSuitesPolicy(s_suites) : null;

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = s_patience;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
        kestrel.Listen(IPAddress.Parse(admin.Address), admin.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => AdminCertificates.KeepAsync(connection, next));
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = s_patience,
                OnConnection = handshake => ValueTask.FromResult(Tls(handshake.Connection)),
            });
        });
    }

    // Made anew for every handshake, so that a renewed certificate is presented at once.
    SslServerAuthenticationOptions Tls(BaseConnectionContext connection)
    {
        var tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.Current,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuitesPolicy = s_policy,
        };
        clients.Ask(connection, tls);
        return tls;
    }
}
