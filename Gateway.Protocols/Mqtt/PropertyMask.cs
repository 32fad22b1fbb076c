using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Mqtt;

/// <summary>Masks the user properties (MQTT 5 section 3.3.2.3.7) of a block: the headers of a message.</summary>
static class PropertyMask
{
    /// <summary>Writes a valid block with its user properties masked. Yields a refusal where one cannot be.</summary>
    public static PacketVerdict? TryMask(ReadOnlySpan<byte> block, Masker masker, MaskingPlan plan, PooledWriter scratch, PooledWriter target, out bool isChanged)
    {
        isChanged = false;
        var fields = new FieldReader(block);
        while (!fields.IsAtEnd)
        {
            var start = block.Length - fields.Remaining;
            if (!fields.TryVariable(out var id) || !PropertyTable.TryFind(id, out var kind, out _))
                throw new ArgumentException("The property block is not valid.", nameof(block));
            var pair = fields;
            PropertyBlock.IsValidValue(ref fields, kind);
            var whole = block[start..^fields.Remaining];
            if (id != PropertyTable.UserProperty)
            {
                target.Write(whole);
                continue;
            }

            pair.TryString(out var name);
            pair.TryString(out var text);
            var masked = masker.Header(plan, name, text, scratch);
            if (masked.Fate == MaskedFate.Refused) return PacketVerdict.Refuse(Refusal.PayloadUnreadable, masked.Detail!);
            if (scratch.Length > ushort.MaxValue) return PacketVerdict.Refuse(Refusal.FrameTooLarge, "masked, a user property exceeds 65,535 bytes");
            isChanged |= masked.Fate != MaskedFate.Same;
            if (masked.Fate == MaskedFate.Same) target.Write(whole);
            if (masked.Fate == MaskedFate.Changed)
            {
                target.Write(whole[..^(2 + text.Length)]);
                target.Write([(byte)(scratch.Length >> 8), (byte)scratch.Length]);
                target.Write(scratch.Span);
            }

            scratch.Clear();
        }

        return null;
    }
}
