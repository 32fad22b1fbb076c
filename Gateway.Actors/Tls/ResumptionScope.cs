using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Tls;

/// <summary>
/// Which sessions may be resumed: by a client at a connection, those that were agreed at it, under its rules of today. Rules about certificates
/// need not be part of it, because each resumption is judged by them anew.
/// </summary>
static class ResumptionScope
{
    static readonly ConditionalWeakTable<ConnectionProfile, byte[]> s_known = [];

    /// <summary>32 bytes.</summary>
    public static byte[] Of(ConnectionProfile profile) => s_known.GetValue(profile, static p => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{p.Name}\n{p.Protocol.Name}\n{p.ClientTls.ClientCertificate}\n{p.ClientTls.AllowTls12}\n{string.Join(' ', p.ClientTls.ServerNames)}\n"
        + $"{Listed(p.ClientTls.Rules.Suites)}\n{Listed(p.ClientTls.Rules.Groups)}\n{Listed(p.ClientTls.Rules.SignatureAlgorithms)}")));

    /// <summary>
    /// Which sessions the gateway may resume at an upstream: those that were agreed with the same host, under the same rules, and with the same proof
    /// of the gateway's own. 32 bytes.
    /// </summary>
    public static byte[] Of(UpstreamTarget target, X509Certificate2? own) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{target.Host}\n{target.Port}\n{target.ServerName}\n{target.AllowTls12}\n{(own is null ? "-" : TlsFacts.Sha256(own))}\n"
        + $"{Listed(target.Rules.Suites)}\n{Listed(target.Rules.Groups)}\n{Listed(target.Rules.SignatureAlgorithms)}"));

    static string Listed<T>(IReadOnlyList<T>? values) => values is null ? "-" : string.Join(' ', values);
}
