namespace Gateway.Protocols.Journal;

/// <summary>The bodies of the events that describe a session's start. The layouts use the primitives of <see cref="EventWriter"/>.</summary>
static class OpeningLayouts
{
    /// <summary>
    /// <c>s.opened.1</c>: session text, connection text, protocol text, node text, opened time, client facts, subject text, issuer text,
    /// group count varint, group text each, expires optional time, client name optional text, strict flag, upstream plaintext flag.
    /// </summary>
    public static void WriteOpened1(EventWriter to, SessionOpened e)
    {
        to.Text(e.SessionId);
        to.Text(e.Connection);
        to.Text(e.Protocol);
        to.Text(e.NodeKey);
        to.Time(e.OpenedAt);
        WriteClient(to, e.Client);
        to.Text(e.Subject);
        to.Text(e.Issuer);
        to.ListLength(e.Groups.Count, EventLimits.Groups);
        foreach (var group in e.Groups)
            to.Text(group);
        to.OptionalTime(e.ExpiresAt);
        to.OptionalText(e.ClientName);
        to.Flag(e.Strict);
        to.Flag(e.UpstreamPlaintext);
    }

    public static SessionOpened ReadOpened1(ref EventReader from) => new()
    {
        SessionId = from.Text(),
        Connection = from.Text(),
        Protocol = from.Text(),
        NodeKey = from.Text(),
        OpenedAt = from.Time(),
        Client = ReadClient(ref from),
        Subject = from.Text(),
        Issuer = from.Text(),
        Groups = ReadGroups(ref from),
        ExpiresAt = from.OptionalTime(),
        ClientName = from.OptionalText(),
        Strict = from.Flag(),
        UpstreamPlaintext = from.Flag(),
    };

    /// <summary><c>s.opened.2</c>: as <c>s.opened.1</c>, then the recording level byte.</summary>
    public static void WriteOpened2(EventWriter to, SessionOpened e)
    {
        WriteOpened1(to, e);
        to.Byte((byte)e.Level);
    }

    public static SessionOpened ReadOpened2(ref EventReader from) => ReadOpened1(ref from) with
    {
        Level = (RecordingLevel)from.Known((byte)RecordingLevel.Operations, (byte)RecordingLevel.Full, "recording level"),
    };

    /// <summary><c>s.opened.3</c>: as <c>s.opened.2</c>, then the client's offer.</summary>
    public static void WriteOpened(EventWriter to, SessionOpened e)
    {
        WriteOpened2(to, e);
        OfferLayout.Write(to, e.Client);
    }

    public static SessionOpened ReadOpened(ref EventReader from)
    {
        var e = ReadOpened2(ref from);
        return e with { Client = OfferLayout.Read(ref from, e.Client) };
    }

    /// <summary>
    /// <c>s.refused.1</c>: session text, connection text, protocol text, node text, refused time, client facts, refusal u16, detail text,
    /// subject optional text.
    /// </summary>
    public static void WriteRefused1(EventWriter to, SessionRefused e)
    {
        to.Text(e.SessionId);
        to.Text(e.Connection);
        to.Text(e.Protocol);
        to.Text(e.NodeKey);
        to.Time(e.RefusedAt);
        WriteClient(to, e.Client);
        to.Refusal(e.Refusal);
        to.Text(e.Detail);
        to.OptionalText(e.Subject);
    }

    public static SessionRefused ReadRefused1(ref EventReader from) => new()
    {
        SessionId = from.Text(),
        Connection = from.Text(),
        Protocol = from.Text(),
        NodeKey = from.Text(),
        RefusedAt = from.Time(),
        Client = ReadClient(ref from),
        Refusal = from.Refusal(),
        Detail = from.Text(),
        Subject = from.OptionalText(),
    };

    /// <summary><c>s.refused.2</c>: as <c>s.refused.1</c>, then the client's offer.</summary>
    public static void WriteRefused(EventWriter to, SessionRefused e)
    {
        WriteRefused1(to, e);
        OfferLayout.Write(to, e.Client);
    }

    public static SessionRefused ReadRefused(ref EventReader from)
    {
        var e = ReadRefused1(ref from);
        return e with { Client = OfferLayout.Read(ref from, e.Client) };
    }

    /// <summary><c>s.upstream.1</c>: time, address text, TLS version optional text, suite optional text, certificate optional text.</summary>
    public static void WriteUpstream(EventWriter to, UpstreamSecured e)
    {
        to.Time(e.At);
        to.Text(e.Address);
        to.OptionalText(e.TlsVersion);
        to.OptionalText(e.TlsSuite);
        to.OptionalText(e.CertificateSha256);
    }

    public static UpstreamSecured ReadUpstream(ref EventReader from) => new()
    {
        At = from.Time(),
        Address = from.Text(),
        TlsVersion = from.OptionalText(),
        TlsSuite = from.OptionalText(),
        CertificateSha256 = from.OptionalText(),
    };

    /// <summary>Client facts: address text, then offered, server name, TLS version, suite and certificate, each an optional text.</summary>
    static void WriteClient(EventWriter to, ClientFacts client)
    {
        to.Text(client.Address);
        to.OptionalText(client.Offered);
        to.OptionalText(client.ServerName);
        to.OptionalText(client.TlsVersion);
        to.OptionalText(client.TlsSuite);
        to.OptionalText(client.CertificateSha256);
    }

    static ClientFacts ReadClient(ref EventReader from) => new()
    {
        Address = from.Text(),
        Offered = from.OptionalText(),
        ServerName = from.OptionalText(),
        TlsVersion = from.OptionalText(),
        TlsSuite = from.OptionalText(),
        CertificateSha256 = from.OptionalText(),
    };

    static string[] ReadGroups(ref EventReader from)
    {
        var groups = new string[from.ListLength(EventLimits.Groups, elementBytes: 1)];
        for (var i = 0; i < groups.Length; i++)
            groups[i] = from.Text();
        return groups;
    }
}
