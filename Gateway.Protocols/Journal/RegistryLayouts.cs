using System.Text;

namespace Gateway.Protocols.Journal;

/// <summary>
/// The bodies of the registry's events. Each begins with its act: id text, time, who text, issuer text, address text, node text. The
/// layouts use the primitives of <see cref="EventWriter"/>; a document is bytes that hold UTF-8.
/// </summary>
static class RegistryLayouts
{
    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary><c>r.connection-put.1</c>: act, name text, document bytes.</summary>
    public static void WriteConnectionPut(EventWriter to, ConnectionPut e)
    {
        WriteAct(to, e.Act);
        to.Text(e.Name);
        WriteDocument(to, e.Document);
    }

    public static ConnectionPut ReadConnectionPut(ref EventReader from) =>
        new() { Act = ReadAct(ref from), Name = from.Text(), Document = ReadDocument(ref from) };

    /// <summary><c>r.connection-removed.1</c>: act, name text.</summary>
    public static void WriteConnectionRemoved(EventWriter to, ConnectionRemoved e)
    {
        WriteAct(to, e.Act);
        to.Text(e.Name);
    }

    public static ConnectionRemoved ReadConnectionRemoved(ref EventReader from) => new() { Act = ReadAct(ref from), Name = from.Text() };

    /// <summary><c>r.secret-put.1</c>: act, name text, sealed bytes.</summary>
    public static void WriteSecretPut(EventWriter to, SecretPut e)
    {
        WriteAct(to, e.Act);
        to.Text(e.Name);
        to.Bytes(e.Sealed.Span, EventLimits.SealedSecret);
    }

    public static SecretPut ReadSecretPut(ref EventReader from) =>
        new() { Act = ReadAct(ref from), Name = from.Text(), Sealed = from.Bytes(EventLimits.SealedSecret).ToArray() };

    /// <summary><c>r.secret-removed.1</c>: act, name text.</summary>
    public static void WriteSecretRemoved(EventWriter to, SecretRemoved e)
    {
        WriteAct(to, e.Act);
        to.Text(e.Name);
    }

    public static SecretRemoved ReadSecretRemoved(ref EventReader from) => new() { Act = ReadAct(ref from), Name = from.Text() };

    /// <summary><c>r.recorded.1</c>: act, kind byte, target text, detail text.</summary>
    public static void WriteRecorded(EventWriter to, ActRecorded e)
    {
        WriteAct(to, e.Act);
        to.Byte((byte)e.Kind);
        to.Text(e.Target);
        to.Text(e.Detail);
    }

    public static ActRecorded ReadRecorded(ref EventReader from) => new()
    {
        Act = ReadAct(ref from),
        // Later versions know more acts; an older node need not understand them to know the rest.
        Kind = (ActKind)from.Known(byte.MaxValue, 1, "act"),
        Target = from.Text(),
        Detail = from.Text(),
    };

    public static void WriteAct(EventWriter to, Act act)
    {
        to.Text(act.Id);
        to.Time(act.At);
        to.Text(act.Who);
        to.Text(act.Issuer);
        to.Text(act.Address);
        to.Text(act.NodeKey);
    }

    public static Act ReadAct(ref EventReader from) => new()
    {
        Id = from.Text(),
        At = from.Time(),
        Who = from.Text(),
        Issuer = from.Text(),
        Address = from.Text(),
        NodeKey = from.Text(),
    };

    public static void WriteDocument(EventWriter to, string document) => to.Bytes(Encoding.UTF8.GetBytes(document), EventLimits.Document);

    public static string ReadDocument(ref EventReader from)
    {
        var at = from.Offset;
        try
        {
            return s_strict.GetString(from.Bytes(EventLimits.Document));
        }
        catch (DecoderFallbackException)
        {
            throw new JournalFormatException(at, "A document is not UTF-8");
        }
    }
}
