using Gateway.Protocols.Tls;

namespace Gateway.Protocols.Journal;

/// <summary>
/// What a client offered: resumed flag, optional (JA4 text, then versions, suites, groups and signature algorithms, each a list of u16, then ALPN list
/// of text); lists of at most 64.
/// </summary>
static class OfferLayout
{
    public static void Write(EventWriter to, ClientFacts client)
    {
        to.Flag(client.IsResumed);
        to.Flag(client.Offer is not null);
        if (client.Offer is not { } offer) return;
        to.Text(offer.Ja4);
        WriteValues(to, offer.Versions);
        WriteValues(to, offer.Suites);
        WriteValues(to, offer.Groups);
        WriteValues(to, offer.SignatureAlgorithms);
        to.ListLength(offer.Alpn.Count, EventLimits.Offered);
        foreach (var name in offer.Alpn) to.Text(name);
    }

    /// <summary>The facts with what was offered.</summary>
    public static ClientFacts Read(ref EventReader from, ClientFacts client)
    {
        client = client with { IsResumed = from.Flag() };
        return from.Flag() ? client with { Offer = ReadOffer(ref from) } : client;
    }

    static ClientOffer ReadOffer(ref EventReader from) => new()
    {
        Ja4 = from.Text(),
        Versions = ReadValues(ref from),
        Suites = ReadValues(ref from),
        Groups = ReadValues(ref from),
        SignatureAlgorithms = ReadValues(ref from),
        Alpn = ReadNames(ref from),
    };

    static void WriteValues(EventWriter to, IReadOnlyList<ushort> values)
    {
        to.ListLength(values.Count, EventLimits.Offered);
        foreach (var value in values) to.U16(value);
    }

    static ushort[] ReadValues(ref EventReader from)
    {
        var values = new ushort[from.ListLength(EventLimits.Offered, elementBytes: 2)];
        for (var i = 0; i < values.Length; i++) values[i] = from.U16();
        return values;
    }

    static string[] ReadNames(ref EventReader from)
    {
        var names = new string[from.ListLength(EventLimits.Offered, elementBytes: 1)];
        for (var i = 0; i < names.Length; i++) names[i] = from.Text();
        return names;
    }
}
