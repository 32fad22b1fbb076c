using System.Net.Security;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Tls;

/// <summary>What people call the numbers of TLS; numbers without a name here stay numbers, such as <c>0x4469</c>.</summary>
public static class TlsNames
{
    static readonly Dictionary<ushort, string> s_groups = new(TlsRules.KnownGroups.Select(known => KeyValuePair.Create(known.Value, known.Key)))
    {
        [0x0019] = "P-521",
        [0x001E] = "X448",
        [0x11EB] = "SecP256r1MLKEM768",
        [0x11ED] = "SecP384r1MLKEM1024",
        [0x0100] = "ffdhe2048",
        [0x0101] = "ffdhe3072",
        [0x0102] = "ffdhe4096",
        [0x0103] = "ffdhe6144",
        [0x0104] = "ffdhe8192",
    };

    static readonly Dictionary<ushort, string> s_signatures = new(TlsRules.KnownSignatures.Select(known => KeyValuePair.Create(known.Value, known.Key)))
    {
        [0x0808] = "ed448",
        [0x0201] = "rsa_pkcs1_sha1",
        [0x0203] = "ecdsa_sha1",
    };

    public static string Suite(ushort value) => Enum.IsDefined((TlsCipherSuite)value) ? ((TlsCipherSuite)value).ToString() : Number(value);

    public static string Group(ushort value) => s_groups.GetValueOrDefault(value) ?? Number(value);

    public static string Signature(ushort value) => s_signatures.GetValueOrDefault(value) ?? Number(value);

    static string Number(ushort value) => $"0x{value:x4}";
}
