namespace Gateway.Protocols.Journal;

/// <summary>The bodies of the registry's events about grants and revocations; each begins with its act, as in <see cref="RegistryLayouts"/>.</summary>
static class AccessLayouts
{
    /// <summary>
    /// <c>r.access-granted.1</c>: act, grant id text, subject text, subject's issuer optional text, connection text, until time, reason text.
    /// </summary>
    public static void WriteGranted(EventWriter to, AccessGranted e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Text(e.GrantId);
        to.Text(e.Subject);
        to.OptionalText(e.SubjectIssuer);
        to.Text(e.Connection);
        to.Time(e.Until);
        to.Text(e.Reason);
    }

    public static AccessGranted ReadGranted(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        GrantId = from.Text(),
        Subject = from.Text(),
        SubjectIssuer = from.OptionalText(),
        Connection = from.Text(),
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

    static RevokedKind Kind(ref EventReader from) => (RevokedKind)from.Known((byte)RevokedKind.Certificate, (byte)RevokedKind.Subject, "revocation");
}
