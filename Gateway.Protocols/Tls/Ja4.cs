using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Tls;

/// <summary>
/// JA4, a short fingerprint of what a client offers: equal for the same TLS library with the same settings, whoever uses it. FoxIO's JA4 alone
/// (technical_details/JA4.md of FoxIO-LLC/ja4, BSD 3-clause), none of its licensed relatives. It tells clients apart; it proves nothing about
/// who they are.
/// </summary>
static class Ja4
{
    const string Nothing = "000000000000";
    const ushort ServerName = 0;
    const ushort Alpn = 16;

    /// <summary>Such as <c>t13d1516h2_8daaf6152771_e5627efa2ab1</c>.</summary>
    /// <param name="version">The highest version of supported_versions, or without it the hello's own.</param>
    /// <param name="suites">The whole list as it was sent, two bytes each.</param>
    /// <param name="extensions">Their types in the order they were sent, without GREASE.</param>
    /// <param name="signatureAlgorithms">In the order they were sent, without GREASE.</param>
    /// <param name="firstProtocol">The first ALPN name; empty for none.</param>
    public static string Of(
        ushort version, ReadOnlySpan<byte> suites, IReadOnlyCollection<ushort> extensions, IEnumerable<ushort> signatureAlgorithms, ReadOnlySpan<byte> firstProtocol)
    {
        var offered = Meaningful(suites);
        var name = extensions.Contains(ServerName) ? 'd' : 'i';
        var head = $"t{Version(version)}{name}{Count(offered.Count)}{Count(extensions.Count)}{Ends(firstProtocol)}";
        var sorted = extensions.Where(type => type is not (ServerName or Alpn)).Order().ToArray();
        var (types, algorithms) = (List(sorted), List(signatureAlgorithms));
        return $"{head}_{Hash(List(offered.Order()))}_{Hash(types.Length == 0 || algorithms.Length == 0 ? types : $"{types}_{algorithms}")}";
    }

    static List<ushort> Meaningful(ReadOnlySpan<byte> suites)
    {
        var values = new List<ushort>(suites.Length / 2);
        for (var i = 0; i + 1 < suites.Length; i += 2)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(suites[i..]) is var value && !TlsVersion.IsGrease(value)) values.Add(value);
        }

        return values;
    }

    static string Version(ushort version) => version switch
    {
        TlsVersion.Ssl3 => "s3",
        >= 0x0301 and <= TlsVersion.Tls13 => $"1{version - 0x0301}",
        2 => "s2",
        _ => "00",
    };

    static string Count(int count) => Math.Min(count, 99).ToString("00", System.Globalization.CultureInfo.InvariantCulture);

    static string Ends(ReadOnlySpan<byte> protocol)
    {
        if (protocol.IsEmpty) return "00";
        if (char.IsAsciiLetterOrDigit((char)protocol[0]) && char.IsAsciiLetterOrDigit((char)protocol[^1]))
            return $"{(char)protocol[0]}{(char)protocol[^1]}";
        var hex = Convert.ToHexStringLower(protocol);
        return $"{hex[0]}{hex[^1]}";
    }

    static string List(IEnumerable<ushort> values) => string.Join(',', values.Select(value => $"{value:x4}"));

    static string Hash(string list) =>
        list.Length == 0 ? Nothing : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(list)).AsSpan(0, Nothing.Length / 2));
}
