namespace Gateway.Protocols.Kafka.Wire;

/// <summary>Tagged fields that mean nothing to the gateway: <c>count (tag size content)*</c>, all but the content unsigned varints. KIP-482.</summary>
static class TagSection
{
    /// <summary>The bytes it takes: 0 when more is needed, -1 when it is none.</summary>
    public static int Measure(ReadOnlySpan<byte> input)
    {
        var at = UnsignedVarint.TryRead(input, out var count);
        if (at <= 0) return at;
        for (; count > 0; count--)
        {
            var tag = UnsignedVarint.TryRead(input[at..], out _);
            if (tag <= 0) return tag;
            at += tag;
            var length = UnsignedVarint.TryRead(input[at..], out var size);
            if (length <= 0) return length;
            at += length;
            if (size > input.Length - at) return size > int.MaxValue ? -1 : 0;
            at += (int)size;
        }

        return at;
    }
}
