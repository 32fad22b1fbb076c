using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Mqtt;

/// <summary>Masks the will of a CONNECT: a message like any other that the client publishes, only later.</summary>
static class WillMask
{
    /// <summary>The packet whose will may go on, or a refusal.</summary>
    public static Admission Mask(ConnectPacket connect, Masker? masker, Limits limits, out ConnectPacket masked)
    {
        masked = connect;
        if (connect.WillTopic is not { } topic || masker is null) return Admission.Granted;
        if (masker.PlanOf(Direction.ToUpstream, System.Text.Encoding.UTF8.GetBytes(topic)) is not { } plan) return Admission.Granted;
        masker.Begin(limits.MaskedOutput);
        var (properties, payload) = (new PooledWriter(), new PooledWriter());
        try
        {
            if (PropertyMask.TryMask(connect.WillProperties.Span, masker, plan, payload, properties, out var areChanged) is { } refused)
                return Refused(refused.Refusal, refused.Detail!);
            var value = masker.Value(plan, connect.WillPayload.Span, payload);
            if (value.Fate == MaskedFate.Refused) return Refused(Refusal.PayloadUnreadable, value.Detail!);
            // Section 3.1.3.3: its length has two bytes.
            if (payload.Length > ushort.MaxValue) return Refused(Refusal.FrameTooLarge, "masked, its payload exceeds 65,535 bytes");
            if (!areChanged && value.Fate == MaskedFate.Same) return Admission.Granted;
            masked = connect.WithWill(properties.Span, value.Fate == MaskedFate.Same ? connect.WillPayload.ToArray() : payload.Span.ToArray());
            return Admission.Granted;
        }
        finally
        {
            properties.LetGo();
            payload.LetGo();
        }
    }

    static Admission Refused(Refusal refusal, string detail) =>
        Admission.Refused(refusal, $"the will in CONNECT cannot be masked: {detail}");
}
