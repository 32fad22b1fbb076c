using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Tls;

/// <summary>
/// Which sessions a client may resume at a connection: those that were agreed at it, under its rules of today. Rules about certificates
/// need not be part of it, because each resumption is judged by them anew.
/// </summary>
static class ResumptionScope
{
    static readonly ConditionalWeakTable<ConnectionProfile, byte[]> s_known = [];

    /// <summary>32 bytes.</summary>
    public static byte[] Of(ConnectionProfile profile) => s_known.GetValue(profile, static p => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{p.Name}\n{p.Protocol.Name}\n{p.ClientTls.ClientCertificate}\n{p.ClientTls.AllowTls12}\n{string.Join(' ', p.ClientTls.ServerNames)}\n"
        + $"{Listed(p.ClientTls.Rules.Suites)}\n{Listed(p.ClientTls.Rules.Groups)}\n{Listed(p.ClientTls.Rules.SignatureAlgorithms)}")));

    static string Listed<T>(IReadOnlyList<T>? values) => values is null ? "-" : string.Join(' ', values);
}
