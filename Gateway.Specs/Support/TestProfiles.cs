using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>A connection profile with the strictest rules, to be bent by <c>with</c>.</summary>
public static class TestProfiles
{
    public static ClientTls Tls13 => new()
    {
        AllowTls12 = false,
        ServerNames = [],
        ClientCertificate = ClientCertificateRule.None,
        ClientAuthorities = [],
    };

    public static ConnectionProfile For(ClientTls clientTls, string protocol = "tls", UpstreamTarget? upstream = null) => new()
    {
        Name = "spec",
        Protocol = ProtocolCatalog.Find("tls")! with { Name = protocol },
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        ClientTls = clientTls,
        Upstream = upstream ?? Upstream(0, []),
        Access = new AccessRules { Issuers = [], Groups = [], Subjects = ["anna"] },
        Operations = OperationRules.Everything,
        Recording = new RecordingRules { Strict = false, WindowBytes = 1 << 20, FlushAfter = TimeSpan.FromMilliseconds(100) },
        MaxSessions = 10,
        IdleTimeout = TimeSpan.FromMinutes(1),
    };

    public static UpstreamTarget Upstream(int port, X509Certificate2Collection authorities) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Plaintext = false,
        AllowTls12 = false,
        ServerName = "localhost",
        Authorities = authorities,
        Login = UpstreamLogin.None,
    };
}
