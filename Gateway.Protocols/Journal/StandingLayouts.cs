namespace Gateway.Protocols.Journal;

/// <summary>The bodies of the events about what a session stands on. The layouts use the primitives of <see cref="EventWriter"/>.</summary>
static class StandingLayouts
{
    /// <summary>
    /// <c>s.access.1</c>: time, rule text, token id optional text, certificate serial optional text, until optional time, renewed flag.
    /// </summary>
    public static void WriteConfirmed(EventWriter to, AccessConfirmed e)
    {
        to.Time(e.At);
        to.Text(e.Rule);
        to.OptionalText(e.TokenId);
        to.OptionalText(e.CertificateSerial);
        to.OptionalTime(e.Until);
        to.Flag(e.Renewed);
    }

    public static AccessConfirmed ReadConfirmed(ref EventReader from) => new()
    {
        At = from.Time(),
        Rule = from.Text(),
        TokenId = from.OptionalText(),
        CertificateSerial = from.OptionalText(),
        Until = from.OptionalTime(),
        Renewed = from.Flag(),
    };

    /// <summary><c>s.ending.1</c>: time, until time, refusal u16.</summary>
    public static void WriteEnding(EventWriter to, AccessEnding e)
    {
        to.Time(e.At);
        to.Time(e.Until);
        to.Refusal(e.Refusal);
    }

    public static AccessEnding ReadEnding(ref EventReader from) =>
        new() { At = from.Time(), Until = from.Time(), Refusal = from.Refusal() };
}
