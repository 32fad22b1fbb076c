using System.Buffers;
using System.Text;

namespace Gateway.Protocols.Tls;

/// <summary>
/// The extensions that say where a client wants to go and what it speaks: <c>(type(2) data&lt;0..&gt;)*</c>. RFC 8446 section 4.2.
/// </summary>
struct HelloExtensions()
{
    const ushort ServerNameType = 0;
    const ushort GroupsType = 10;
    const ushort SignatureAlgorithmsType = 13;
    const ushort AlpnType = 16;
    const ushort SupportedVersionsType = 43;
    const byte HostName = 0;

    static readonly SearchValues<byte> s_hostNameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:"u8);

    readonly List<ushort> _types = [];
    List<string>? _alpn;
    ushort[]? _groups;
    ushort[]? _signatureAlgorithms;

    /// <summary>The highest known version of supported_versions; 0 when it has none, null without the extension.</summary>
    public ushort? Version { get; private set; }

    /// <summary>What supported_versions lists, in its order; null without the extension.</summary>
    public ushort[]? Versions { get; private set; }

    public string? ServerName { get; private set; }

    /// <summary>Types of all extensions, in their order.</summary>
    public readonly IReadOnlyCollection<ushort> Types => _types;

    public readonly IReadOnlyList<ushort> Groups => _groups ?? [];

    public readonly IReadOnlyList<ushort> SignatureAlgorithms => _signatureAlgorithms ?? [];

    /// <summary>The first ALPN name as it was sent; empty for none.</summary>
    public byte[] FirstProtocol { get; private set; } = [];

    public readonly IReadOnlyList<string> Alpn => _alpn ?? (IReadOnlyList<string>)[];

    /// <summary>The field that was wrong.</summary>
    public string Fault { get; private set; } = "extensions";

    public bool TryRead(ReadOnlySpan<byte> block)
    {
        var reader = new HelloReader(block);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryUInt16(out var type) || !reader.TryLong(out var data)) return false;
            if (!TryExtension(type, data)) return false;
        }

        return true;
    }

    bool TryExtension(ushort type, ReadOnlySpan<byte> data)
    {
        if (!TlsVersion.IsGrease(type)) _types.Add(type);
        switch (type)
        {
            case GroupsType:
                Fault = "groups";
                return TryValues(data, ref _groups);
            case SignatureAlgorithmsType:
                Fault = "signature algorithms";
                return TryValues(data, ref _signatureAlgorithms);
            case ServerNameType:
                Fault = "server name";
                return TryServerName(data);
            case AlpnType:
                Fault = "application protocols";
                return TryAlpn(data);
            case SupportedVersionsType:
                Fault = "supported versions";
                return TryVersions(data);
            default:
                return true;
        }
    }

    /// <summary>
    /// RFC 6066 section 3: <c>server_name_list&lt;1..&gt;</c> of <c>type(1) name&lt;1..&gt;</c>, one of each type at most.
    /// </summary>
    bool TryServerName(ReadOnlySpan<byte> data)
    {
        var outer = new HelloReader(data);
        if (ServerName is not null || !outer.TryLong(out var list) || list.IsEmpty || !outer.IsAtEnd) return false;
        var names = new HelloReader(list);
        while (!names.IsAtEnd)
        {
            if (!names.TryByte(out var type) || !names.TryLong(out var name)) return false;
            if (type != HostName) continue;
            if (ServerName is not null || name.Length is 0 or > 255 || name.ContainsAnyExcept(s_hostNameBytes)) return false;
            ServerName = Encoding.ASCII.GetString(name);
        }

        return true;
    }

    /// <summary>RFC 7301 section 3.1: <c>protocol_name_list&lt;2..&gt;</c> of <c>name&lt;1..255&gt;</c>.</summary>
    bool TryAlpn(ReadOnlySpan<byte> data)
    {
        var outer = new HelloReader(data);
        if (_alpn is not null || !outer.TryLong(out var list) || list.IsEmpty || !outer.IsAtEnd) return false;
        _alpn = [];
        var names = new HelloReader(list);
        while (!names.IsAtEnd)
        {
            if (!names.TryShort(out var name) || name.IsEmpty) return false;
            if (FirstProtocol.Length == 0) FirstProtocol = name.ToArray();
            if (!name.ContainsAnyExceptInRange((byte)'!', (byte)'~')) _alpn.Add(Encoding.ASCII.GetString(name));
        }

        return true;
    }

    /// <summary>RFC 8446 section 4.2.1: <c>versions&lt;2..254&gt;</c>; what is not known is passed over.</summary>
    bool TryVersions(ReadOnlySpan<byte> data)
    {
        var outer = new HelloReader(data);
        if (Version is not null || !outer.TryShort(out var list) || list.IsEmpty || list.Length % 2 != 0 || !outer.IsAtEnd) return false;
        Version = 0;
        Versions = Values(list);
        foreach (var version in Versions)
        {
            if (version is >= TlsVersion.Ssl3 and <= TlsVersion.Tls13 && version > Version) Version = version;
        }

        return true;
    }

    /// <summary>RFC 8446 sections 4.2.3 and 4.2.7: <c>values&lt;2..&gt;</c> of two bytes each.</summary>
    static bool TryValues(ReadOnlySpan<byte> data, ref ushort[]? values)
    {
        var outer = new HelloReader(data);
        if (values is not null || !outer.TryLong(out var list) || list.IsEmpty || list.Length % 2 != 0 || !outer.IsAtEnd) return false;
        values = Values(list);
        return true;
    }

    static ushort[] Values(ReadOnlySpan<byte> list)
    {
        var values = new List<ushort>(list.Length / 2);
        var reader = new HelloReader(list);
        while (reader.TryUInt16(out var value))
        {
            if (!TlsVersion.IsGrease(value)) values.Add(value);
        }

        return [.. values];
    }
}
