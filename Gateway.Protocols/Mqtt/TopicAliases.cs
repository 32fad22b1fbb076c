namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The topic aliases one side has given names to. MQTT 5 section 3.3.2.3.4. This is the sender's own view: of a denied PUBLISH the receiver
/// never learns the alias, but every later PUBLISH that relies on it is denied too, until the sender names an allowed topic, which the
/// receiver then sees. So whatever goes on means the same to sender, gateway and receiver. The rules do not change within a session, hence
/// of an allowed topic only the fact is held.
/// </summary>
/// <param name="maximum">The highest alias the receiver accepts, 0 for none.</param>
/// <param name="deniedNames">Most characters of denied names to hold.</param>
sealed class TopicAliases(ushort maximum, int deniedNames)
{
    readonly NumberSet _allowed = new();
    readonly Dictionary<ushort, string> _denied = [];
    int _deniedCharacters;

    public ushort Maximum => maximum;

    /// <summary>False when the alias stands for nothing. <paramref name="denied"/> is the topic, if it is a denied one.</summary>
    public bool TryFind(ushort alias, out string? denied) => _denied.TryGetValue(alias, out denied) || _allowed.Contains(alias);

    /// <summary>Gives the alias a new meaning; false when too many denied names are held already.</summary>
    public bool TrySet(ushort alias, string? denied)
    {
        if (_denied.Remove(alias, out var previous)) _deniedCharacters -= previous.Length;
        if (denied is null)
        {
            _allowed.Add(alias);
            return true;
        }

        _allowed.Remove(alias);
        _denied[alias] = denied;
        _deniedCharacters += denied.Length;
        return _deniedCharacters <= deniedNames;
    }
}
