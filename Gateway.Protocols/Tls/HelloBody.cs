using System.Buffers.Binary;

namespace Gateway.Protocols.Tls;

/// <summary>
/// The body of a ClientHello: <c>legacy_version(2) random(32) session_id&lt;0..32&gt; cipher_suites&lt;2..&gt;
/// compression_methods&lt;1..&gt; [extensions]</c>. RFC 8446 section 4.1.2.
/// </summary>
static class HelloBody
{
    const uint RandomLength = 32;
    const int MaxOffered = 160;

    // RFC 8446 sections 4.2.10 and 4.2.11.
    const ushort PreSharedKey = 41;
    const ushort EarlyData = 42;

    public static ClientHelloRead Read(ReadOnlySpan<byte> body)
    {
        var reader = new HelloReader(body);
        if (!reader.TryUInt16(out var legacyVersion) || !reader.TryTake(RandomLength, out _)) return Malformed("version and random");
        if (!reader.TryShort(out var session) || session.Length > 32) return Malformed("session id");
        if (!reader.TryLong(out var suites) || suites.Length < 2 || suites.Length % 2 != 0) return Malformed("cipher suites");
        if (!reader.TryShort(out var compressions) || compressions.IsEmpty) return Malformed("compression methods");
        var extensions = new HelloExtensions();
        if (!reader.IsAtEnd && !TryExtensions(ref reader, ref extensions)) return Malformed(extensions.Fault);
        return ClientHelloRead.Complete(Hello(legacyVersion, suites, extensions));
    }

    static bool TryExtensions(ref HelloReader reader, ref HelloExtensions extensions) =>
        reader.TryLong(out var block) && reader.IsAtEnd && extensions.TryRead(block);

    static ClientHello Hello(ushort legacyVersion, ReadOnlySpan<byte> suiteBytes, in HelloExtensions extensions)
    {
        var (version, suites, alpn) = (extensions.Version ?? Known(legacyVersion), Values(suiteBytes), extensions.Alpn);
        IReadOnlyList<ushort> versions = extensions.Versions ?? [legacyVersion];
        var whole = Fingerprint(versions, suiteBytes, extensions, extensions.Types);
        var offered = $"{TlsVersion.Name(version)}, {suites.Length} suites" + (alpn.Count == 0 ? "" : $", alpn {string.Join(' ', alpn)}");
        return new ClientHello
        {
            Version = version,
            Suites = suites,
            ServerName = extensions.ServerName,
            Alpn = alpn,
            Groups = extensions.Groups,
            SignatureAlgorithms = extensions.SignatureAlgorithms,
            Offer = new ClientOffer
            {
                Ja4 = whole,
                Ja4WithoutResumption = extensions.Types.Contains(PreSharedKey)
                    ? Fingerprint(versions, suiteBytes, extensions, [.. extensions.Types.Where(type => type is not (PreSharedKey or EarlyData))])
                    : null,
                Versions = [.. versions.Take(ClientOffer.Most)],
                Suites = [.. suites.Take(ClientOffer.Most)],
                Groups = [.. extensions.Groups.Take(ClientOffer.Most)],
                SignatureAlgorithms = [.. extensions.SignatureAlgorithms.Take(ClientOffer.Most)],
                Alpn = [.. alpn.Take(ClientOffer.Most)],
            },
            Offered = offered.Length <= MaxOffered ? offered : offered[..(MaxOffered - 3)] + "...",
        };
    }

    static string Fingerprint(
        IReadOnlyList<ushort> versions, ReadOnlySpan<byte> suites, in HelloExtensions extensions, IReadOnlyCollection<ushort> types) =>
        Ja4.Of(versions.DefaultIfEmpty().Max(), suites, types, extensions.SignatureAlgorithms, extensions.FirstProtocol);

    static ClientHelloRead Malformed(string field) => ClientHelloRead.Malformed($"ClientHello: {field}");

    // RFC 5246 appendix E.1: a client that knows more than TLS 1.2 but not supported_versions means "1.2 at most".
    static ushort Known(ushort legacyVersion) => Math.Min(legacyVersion, TlsVersion.Tls12);

    static ushort[] Values(ReadOnlySpan<byte> suites)
    {
        var count = 0;
        for (var i = 0; i < suites.Length; i += 2) count += IsSuite(At(suites, i)) ? 1 : 0;
        var values = new ushort[count];
        for (var (i, next) = (0, 0); i < suites.Length; i += 2)
        {
            if (IsSuite(At(suites, i))) values[next++] = At(suites, i);
        }

        return values;
    }

    /// <summary>TLS_EMPTY_RENEGOTIATION_INFO_SCSV and TLS_FALLBACK_SCSV are signals, not suites.</summary>
    static bool IsSuite(ushort value) => value is not (0x00FF or 0x5600) && !TlsVersion.IsGrease(value);

    static ushort At(ReadOnlySpan<byte> values, int offset) => BinaryPrimitives.ReadUInt16BigEndian(values[offset..]);
}
