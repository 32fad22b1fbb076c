namespace Gateway.Actors.Hosting.Events;

/// <summary>What a webhook is sent: <c>{"version":1,"events":[...]}</c>. Pure.</summary>
static class WebhookBody
{
    public static byte[] Of(IReadOnlyList<AuditEvent> batch)
    {
        using var bytes = new MemoryStream();
        bytes.Write("{\"version\":1,\"events\":["u8);
        for (var i = 0; i < batch.Count; i++)
        {
            if (i > 0) bytes.WriteByte((byte)',');
            bytes.Write(batch[i].ToBytes());
        }

        bytes.Write("]}"u8);
        return bytes.ToArray();
    }
}
