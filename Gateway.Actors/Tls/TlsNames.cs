using System.Net.Security;

namespace Gateway.Actors.Tls;

/// <summary>What people call the numbers of TLS; numbers without a name here stay numbers, such as <c>0x4469</c>.</summary>
public static class TlsNames
{
    /// <summary>IANA's names; what a connection may allow is among the first four.</summary>
    static readonly Dictionary<ushort, string> s_groups = new()
    {
        [0x11EC] = "X25519MLKEM768",
        [0x001D] = "X25519",
        [0x0017] = "P-256",
        [0x0018] = "P-384",
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

    static readonly Dictionary<ushort, string> s_signatures = new()
    {
        [0x0403] = "ecdsa_secp256r1_sha256",
        [0x0503] = "ecdsa_secp384r1_sha384",
        [0x0603] = "ecdsa_secp521r1_sha512",
        [0x0804] = "rsa_pss_rsae_sha256",
        [0x0805] = "rsa_pss_rsae_sha384",
        [0x0806] = "rsa_pss_rsae_sha512",
        [0x0807] = "ed25519",
        [0x0808] = "ed448",
        [0x0809] = "rsa_pss_pss_sha256",
        [0x080A] = "rsa_pss_pss_sha384",
        [0x080B] = "rsa_pss_pss_sha512",
        [0x0401] = "rsa_pkcs1_sha256",
        [0x0501] = "rsa_pkcs1_sha384",
        [0x0601] = "rsa_pkcs1_sha512",
        [0x0201] = "rsa_pkcs1_sha1",
        [0x0203] = "ecdsa_sha1",
    };

    public static string Suite(ushort value) => Enum.IsDefined((TlsCipherSuite)value) ? ((TlsCipherSuite)value).ToString() : Number(value);

    public static string Group(ushort value) => s_groups.GetValueOrDefault(value) ?? Number(value);

    public static string Signature(ushort value) => s_signatures.GetValueOrDefault(value) ?? Number(value);

    static string Number(ushort value) => $"0x{value:x4}";
}
