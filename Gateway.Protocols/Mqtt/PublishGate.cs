using System.Text;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Judges one direction's PUBLISH packets: what a client publishes, and what an upstream delivers to it. Deliveries are judged too because
/// a persistent session can bring back subscriptions older than the rules.
/// </summary>
/// <remarks>
/// A denied PUBLISH is dropped and answered so that the sender's flow ends (MQTT 5 section 4.3). QoS 0 has no answer. MQTT 5 has a reason
/// code, and a PUBREC that carries it ends the exchange ([MQTT-4.3.3-4]). MQTT 3.1.1 leaves the choice of acknowledging as if all were well
/// or closing the connection ([MQTT-3.3.5-2]); we acknowledge, as mosquitto does, because a closed connection only makes the client come
/// back and send it again, and the denial is on record. With QoS 2 the PUBREL that follows is then ours to answer as well.
/// </remarks>
sealed class PublishGate(
    ProtocolLevel level, string operation, OperationJudge judge, SeenOperations seen, TopicAliases aliases, PublishMask? mask = null)
{
    readonly NumberSet _unreleased = new();

    public PacketVerdict Judge(in FixedHeader header, ReadOnlySpan<byte> body, List<DeniedOperation> denied)
    {
        if (!PublishHead.TryRead(header, body, level, out var publish)) return PacketVerdict.Malformed(PacketType.Publish);
        if (Resolve(publish, out var deniedTopic) is { Fate: PacketFate.Refuse } refused) return refused;
        var plan = mask?.PlanOf(publish);
        if (deniedTopic is not null)
        {
            denied.Add(new DeniedOperation(operation, deniedTopic));
            return PacketVerdict.Drop(Answer(header.QoS, publish.PacketId));
        }

        // The identifier is in use by the peers now, whatever it stood for before.
        if (header.QoS == 2) _unreleased.Remove(publish.PacketId);
        return plan is null ? PacketVerdict.Pass : PacketVerdict.Pass with { Plan = plan };
    }

    /// <summary>A valid PUBREL: the second half of a QoS 2 exchange, ours to answer when the first half was.</summary>
    public PacketVerdict JudgeRelease(ReadOnlySpan<byte> body)
    {
        var id = (ushort)(body[0] << 8 | body[1]);
        return _unreleased.Remove(id) ? PacketVerdict.Drop(Acknowledgement(PacketType.PubComp, id)) : PacketVerdict.Pass;
    }

    /// <summary>Finds out which topic a PUBLISH is for; <paramref name="denied"/> is that topic if the rules deny it.</summary>
    PacketVerdict Resolve(in PublishHead publish, out string? denied)
    {
        denied = null;
        if (publish.HasSubscriptionIdentifier && IsFromClient) return Violated("PUBLISH of a client has a subscription identifier");
        if (publish.Alias > aliases.Maximum) return Violated("PUBLISH has a topic alias beyond the agreed maximum");
        if (publish.Topic.IsEmpty)
        {
            var isKnown = aliases.TryFind(publish.Alias, out denied);
            return isKnown ? PacketVerdict.Pass : Violated("PUBLISH has neither a topic nor an alias that stands for one");
        }

        if (IsAllowed(publish.Topic)) seen.See(operation, publish.Topic, isDenied: false);
        else denied = Encoding.UTF8.GetString(publish.Topic);
        return publish.Alias == 0 || aliases.TrySet(publish.Alias, denied)
            ? PacketVerdict.Pass
            : PacketVerdict.Refuse(Refusal.OperationDenied, "too many topic aliases stand for denied topics");
    }

    static PacketVerdict Violated(string detail) => PacketVerdict.Refuse(Refusal.ProtocolViolated, detail);

    bool IsFromClient => operation == OperationJudge.Publish;

    bool IsAllowed(ReadOnlySpan<byte> topic) => IsFromClient ? judge.AllowsPublish(topic) : judge.AllowsDelivery(topic);

    byte[]? Answer(int qos, ushort id)
    {
        if (qos == 0) return null;
        if (qos == 2 && level == ProtocolLevel.V311) _unreleased.Add(id);
        return Acknowledgement(qos == 1 ? PacketType.PubAck : PacketType.PubRec, id);
    }

    byte[] Acknowledgement(PacketType type, ushort id) => level == ProtocolLevel.V5
        ? [(byte)((byte)type << 4), 3, (byte)(id >> 8), (byte)id, ReasonCodes.NotAuthorized]
        : [(byte)((byte)type << 4), 2, (byte)(id >> 8), (byte)id];
}
