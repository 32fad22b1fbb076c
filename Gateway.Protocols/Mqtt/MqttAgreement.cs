namespace Gateway.Protocols.Mqtt;

/// <summary>What the two logins of a session agreed on.</summary>
/// <param name="Level">The protocol version.</param>
/// <param name="ClientAliases">The highest topic alias the client accepts.</param>
/// <param name="UpstreamAliases">The highest topic alias the upstream accepts.</param>
/// <param name="RenewsByAuth">The client may prove itself again by AUTH.</param>
/// <param name="LargestToClient">The largest packet the client accepts, in bytes.</param>
/// <param name="LargestToUpstream">The largest packet the upstream accepts, in bytes.</param>
sealed record MqttAgreement(ProtocolLevel Level, ushort ClientAliases, ushort UpstreamAliases, bool RenewsByAuth, uint LargestToClient, uint LargestToUpstream = uint.MaxValue);
