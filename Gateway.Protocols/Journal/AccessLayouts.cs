namespace Gateway.Protocols.Journal;

/// <summary>The bodies of the registry's events about grants and revocations; each begins with its act, as in <see cref="RegistryLayouts"/>.</summary>
static class AccessLayouts
{
    /// <summary>
    /// <c>r.access-granted.1</c>: act, grant id text, subject text, subject's issuer optional text, connection optional text, label
    /// count varint, labels (key text, value text) each, from time, until time, reason text.
    /// </summary>
    public static void WriteGranted(EventWriter to, AccessGranted e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Text(e.GrantId);
        to.Text(e.Subject);
        to.OptionalText(e.SubjectIssuer);
        to.OptionalText(e.Connection);
        to.ListLength(e.Labels.Count, EventLimits.Labels);
        foreach (var (key, value) in e.Labels)
        {
            to.Text(key);
            to.Text(value);
        }

        to.Time(e.From);
        to.Time(e.Until);
        to.Text(e.Reason);
    }

    public static AccessGranted ReadGranted(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        GrantId = from.Text(),
        Subject = from.Text(),
        SubjectIssuer = from.OptionalText(),
        Connection = from.OptionalText(),
        Labels = ReadLabels(ref from),
        From = from.Time(),
        Until = from.Time(),
        Reason = from.Text(),
    };

    /// <summary><c>r.access-withdrawn.1</c>: act, grant id text, reason text.</summary>
    public static void WriteWithdrawn(EventWriter to, AccessWithdrawn e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Text(e.GrantId);
        to.Text(e.Reason);
    }

    public static AccessWithdrawn ReadWithdrawn(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), GrantId = from.Text(), Reason = from.Text() };

    /// <summary><c>r.revoked.1</c>: act, kind byte, value text, value's issuer optional text, until optional time, reason text.</summary>
    public static void WriteRevoked(EventWriter to, Revoked e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Byte((byte)e.Kind);
        to.Text(e.Value);
        to.OptionalText(e.ValueIssuer);
        to.OptionalTime(e.Until);
        to.Text(e.Reason);
    }

    public static Revoked ReadRevoked(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Kind = Kind(ref from),
        Value = from.Text(),
        ValueIssuer = from.OptionalText(),
        Until = from.OptionalTime(),
        Reason = from.Text(),
    };

    /// <summary><c>r.revocation-lifted.1</c>: act, kind byte, value text, value's issuer optional text, reason text.</summary>
    public static void WriteLifted(EventWriter to, RevocationLifted e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Byte((byte)e.Kind);
        to.Text(e.Value);
        to.OptionalText(e.ValueIssuer);
        to.Text(e.Reason);
    }

    public static RevocationLifted ReadLifted(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Kind = Kind(ref from),
        Value = from.Text(),
        ValueIssuer = from.OptionalText(),
        Reason = from.Text(),
    };

    static KeyValuePair<string, string>[] ReadLabels(ref EventReader from)
    {
        var labels = new KeyValuePair<string, string>[from.ListLength(EventLimits.Labels, elementBytes: 2)];
        for (var i = 0; i < labels.Length; i++) labels[i] = new(from.Text(), from.Text());
        return labels;
    }

    static RevocationKind Kind(ref EventReader from) => (RevocationKind)from.Known((byte)RevocationKind.Certificate, (byte)RevocationKind.Subject, "revocation");
}
