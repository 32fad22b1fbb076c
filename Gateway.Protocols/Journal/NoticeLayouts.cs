namespace Gateway.Protocols.Journal;

/// <summary>The body of the event about what was noticed. The layout uses the primitives of <see cref="EventWriter"/>.</summary>
static class NoticeLayouts
{
    /// <summary><c>s.noticed.1</c>: time, kind text, explanation text.</summary>
    public static void WriteNoticed(EventWriter to, SessionNoticed e)
    {
        to.Time(e.At);
        to.Text(e.Kind);
        to.Text(e.Explanation);
    }

    public static SessionNoticed ReadNoticed(ref EventReader from) =>
        new() { At = from.Time(), Kind = from.Text(), Explanation = from.Text() };
}
