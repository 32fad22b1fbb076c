using System.Net.Security;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Connections;

/// <summary>Reads what a leg's TLS is held to.</summary>
static class TlsRulesReader
{
    const string PinPrefix = "sha256/";
    const int Sha256Bytes = 32;

    static readonly string[] s_suites = [.. TlsRules.Suites13.Concat(TlsRules.Suites12).Select(suite => suite.ToString())];

    public static TlsRules Read(YamlFields tls, bool allowTls12) => new()
    {
        Suites = Suites(tls, allowTls12),
        Groups = Known(tls, "groups", [.. TlsRules.KnownGroups.Keys]),
        SignatureAlgorithms = Known(tls, "signatureAlgorithms", [.. TlsRules.KnownSignatures.Keys]),
        Pins = [.. Pins(tls)],
        Trusted = Trusted(tls),
    };

    static TlsCipherSuite[]? Suites(YamlFields tls, bool allowTls12)
    {
        if (Known(tls, "suites", s_suites) is not { } names) return null;
        TlsCipherSuite[] suites = [.. names.Where(s_suites.Contains).Select(Enum.Parse<TlsCipherSuite>)];
        if (!suites.Any(TlsRules.Suites13.Contains)) tls.Fault("suites", "has none of TLS 1.3", $"add one of {string.Join(", ", TlsRules.Suites13)}");
        var older = suites.Any(TlsRules.Suites12.Contains);
        if (older && !allowTls12) tls.Fault("suites", "has some of TLS 1.2, which have no use while minimumVersion is 1.3", "remove them, or write minimumVersion: \"1.2\"");
        if (!older && allowTls12) tls.Fault("suites", "has none of TLS 1.2", "add one, or write minimumVersion: \"1.3\"");
        return suites;
    }

    /// <summary>Names of a closed list; null where the field is not given.</summary>
    static IReadOnlyList<string>? Known(YamlFields tls, string key, IReadOnlyList<string> known)
    {
        if (!tls.Has(key)) return null;
        var names = tls.Texts(key);
        foreach (var name in names.Where(name => !known.Contains(name))) tls.Fault(key, $"\"{name}\" is not allowed or not known", NearestName.Remedy(name, known));
        tls.Require(names.Count > 0, key, "allows nothing", $"name some of {string.Join(", ", known)}, or remove the field");
        return names;
    }

    static IEnumerable<string> Pins(YamlFields tls)
    {
        var pins = tls.Texts("pins");
        tls.Require(pins.Count <= TlsRules.MostPins, "pins", $"are more than {TlsRules.MostPins}", "pin an authority instead of each certificate");
        foreach (var pin in pins)
        {
            var bytes = new byte[Sha256Bytes + 1];
            if (pin.StartsWith(PinPrefix, StringComparison.Ordinal) && Convert.TryFromBase64String(pin[PinPrefix.Length..], bytes, out var length) && length == Sha256Bytes)
                yield return Convert.ToHexStringLower(bytes.AsSpan(0, Sha256Bytes));
            else
                tls.Fault("pins", $"\"{pin}\" is no pin", "write sha256/ and the base 64 of the SHA-256 of a public key (SubjectPublicKeyInfo)");
        }
    }

    static string? Trusted(YamlFields tls)
    {
        if (tls.Text("trust") is not { } text) return null;
        var hex = text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (hex.Length == 2 * Sha256Bytes && hex.All(char.IsAsciiHexDigitLower)) return hex;
        tls.Fault("trust", "is no fingerprint", "write the SHA-256 of the one certificate in hex, as openssl x509 -fingerprint -sha256 prints it");
        return null;
    }
}
