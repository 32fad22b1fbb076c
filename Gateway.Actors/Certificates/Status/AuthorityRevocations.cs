using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Certificates.Status;

/// <summary>
/// Which certificates of an authority are revoked, by serial number: what operators revoked in the registry, of this authority or of any. Pure,
/// immutable.
/// </summary>
public sealed class AuthorityRevocations
{
    /// <summary>Hex digits of a serial number. RFC 5280 section 4.1.2.2.</summary>
    const int LongestSerial = 40;

    // Lower-case hex without leading zeros, as the registry has it.
    readonly Dictionary<string, DateTimeOffset> _revoked = new(StringComparer.Ordinal);

    /// <param name="registry">What is revoked, and the certificates that fingerprints may mean.</param>
    /// <param name="authority">The one that issued them.</param>
    /// <param name="now">Revocations whose time is over do not count.</param>
    public AuthorityRevocations(RegistrySnapshot registry, X509Certificate2 authority, DateTimeOffset now)
    {
        var issued = new Lazy<ImmutableDictionary<string, string>>(() => Fingerprints(registry.Certificates));
        foreach (var revoked in registry.Revocations.Values.Where(r => r.Kind == RevocationKind.Certificate))
        {
            if (revoked.Until is { } until && until <= UnixMicros.Of(now)) continue;
            if (revoked.ValueIssuer is { } issuer && issuer != authority.Subject) continue;
            var serial = revoked.Value.Length <= LongestSerial ? revoked.Value : issued.Value.GetValueOrDefault(revoked.Value);
            if (serial is not null) _revoked[serial] = UnixMicros.Time(revoked.Act.At);
        }
    }

    /// <summary>Serial numbers, big-endian, and since when.</summary>
    public IEnumerable<(byte[] Serial, DateTimeOffset Since)> All => _revoked.Select(r => (Bytes(r.Key), r.Value));

    /// <summary>Since when; null for one that is not revoked.</summary>
    public DateTimeOffset? Find(ReadOnlySpan<byte> serial)
    {
        var number = Convert.ToHexStringLower(serial).TrimStart('0');
        return _revoked.TryGetValue(number.Length > 0 ? number : "0", out var since) ? since : null;
    }

    // Who revokes by fingerprint means one of the certificates that the cluster looks after: nobody else's serial number is known here.
    static ImmutableDictionary<string, string> Fingerprints(CertificatesState certificates) => certificates.All.Values
        .SelectMany(certificate => certificate.Versions).Select(version => version.Chain[0])
        .DistinctBy(der => Convert.ToHexStringLower(SHA256.HashData(der.Span)))
        .ToImmutableDictionary(der => Canonical(Convert.ToHexStringLower(SHA256.HashData(der.Span))), SerialOf, StringComparer.Ordinal);

    static string SerialOf(ReadOnlyMemory<byte> der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der.Span);
        return Canonical(certificate.SerialNumber.ToLowerInvariant());
    }

    static string Canonical(string hex) => hex.TrimStart('0') is { Length: > 0 } number ? number : "0";

    static byte[] Bytes(string hex)
    {
        var bytes = Convert.FromHexString(hex.Length % 2 == 0 ? hex : string.Create(CultureInfo.InvariantCulture, $"0{hex}"));
        // DER integers are signed.
        return bytes[0] < 0x80 ? bytes : [0, .. bytes];
    }
}
