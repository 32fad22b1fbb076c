namespace Gateway.Protocols.Journal;

/// <summary>The bodies of the registry's events about recordings. Each begins with its act (<see cref="RegistryLayouts"/>).</summary>
static class RecordingActLayouts
{
    /// <summary><c>r.recording-held.1</c>: act, session text, reason text.</summary>
    public static void WriteHeld(EventWriter to, RecordingHeld e) => Write(to, e.Act, e.SessionId, e.Reason);

    public static RecordingHeld ReadHeld(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), SessionId = from.Text(), Reason = from.Text() };

    /// <summary><c>r.hold-lifted.1</c>: act, session text, reason text.</summary>
    public static void WriteLifted(EventWriter to, HoldLifted e) => Write(to, e.Act, e.SessionId, e.Reason);

    public static HoldLifted ReadLifted(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), SessionId = from.Text(), Reason = from.Text() };

    /// <summary><c>r.recording-erased.1</c>: act, session text, reason text.</summary>
    public static void WriteErased(EventWriter to, RecordingErased e) => Write(to, e.Act, e.SessionId, e.Reason);

    public static RecordingErased ReadErased(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), SessionId = from.Text(), Reason = from.Text() };

    /// <summary><c>r.recordings-expired.1</c>: act, connection text, before time, sessions list of text.</summary>
    public static void WriteExpired(EventWriter to, RecordingsExpired e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Text(e.Connection);
        to.Time(e.Before);
        to.ListLength(e.Sessions.Count, EventLimits.ExpiredSessions);
        foreach (var session in e.Sessions) to.Text(session);
    }

    public static RecordingsExpired ReadExpired(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Connection = from.Text(),
        Before = from.Time(),
        Sessions = ReadSessions(ref from),
    };

    static string[] ReadSessions(ref EventReader from)
    {
        var sessions = new string[from.ListLength(EventLimits.ExpiredSessions, elementBytes: 1)];
        for (var i = 0; i < sessions.Length; i++) sessions[i] = from.Text();
        return sessions;
    }

    static void Write(EventWriter to, Act act, string session, string reason)
    {
        RegistryLayouts.WriteAct(to, act);
        to.Text(session);
        to.Text(reason);
    }
}
