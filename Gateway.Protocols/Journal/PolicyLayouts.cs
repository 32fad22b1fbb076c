namespace Gateway.Protocols.Journal;

/// <summary>How acts about access policies are written.</summary>
static class PolicyLayouts
{
    /// <summary><c>r.policy-put.1</c>: act, name text, document bytes.</summary>
    public static void WritePut(EventWriter to, PolicyPut e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Text(e.Name);
        RegistryLayouts.WriteDocument(to, e.Document);
    }

    public static PolicyPut ReadPut(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), Name = from.Text(), Document = RegistryLayouts.ReadDocument(ref from) };

    /// <summary><c>r.policy-removed.1</c>: act, name text.</summary>
    public static void WriteRemoved(EventWriter to, PolicyRemoved e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Text(e.Name);
    }

    public static PolicyRemoved ReadRemoved(ref EventReader from) => new() { Act = RegistryLayouts.ReadAct(ref from), Name = from.Text() };
}
