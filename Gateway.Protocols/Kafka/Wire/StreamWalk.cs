using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>A <see cref="BodyWalker"/> over chunks that go on before the next one comes: keeps the few bytes of a token that a chunk cut.</summary>
sealed class StreamWalk
{
    /// <summary>The longest token: a uuid.</summary>
    const int LongestToken = 16;

    readonly BodyWalker _walker = new();
    readonly byte[] _cut = new byte[LongestToken];
    int _cutLength;

    public string Fault => _walker.Fault;

    public bool IsWithinContent => _walker.IsWithinContent;

    /// <inheritdoc cref="BodyWalker.Uuid"/>
    public Guid Uuid => _walker.Uuid;

    /// <inheritdoc cref="BodyWalker.Position"/>
    public long Position => _walker.Position;

    public void Begin(MessageLayout layout, long length, bool isExact)
    {
        _cutLength = 0;
        _walker.Begin(layout, length, isExact);
    }

    /// <summary>
    /// The next token, whose bytes are taken from <paramref name="rest"/>. <see cref="BodyTokenKind.NeedMore"/> where all of them are, and it is not
    /// whole yet.
    /// </summary>
    public BodyToken Next(ref ReadOnlySpan<byte> rest)
    {
        if (_cutLength > 0) return NextOfCut(ref rest);
        var token = _walker.Next(rest);
        if (token.Kind == BodyTokenKind.NeedMore) Keep(ref rest);
        else rest = rest[token.Consumed..];
        return token;
    }

    BodyToken NextOfCut(ref ReadOnlySpan<byte> rest)
    {
        var before = _cutLength;
        var added = Math.Min(LongestToken - before, rest.Length);
        rest[..added].CopyTo(_cut.AsSpan(before));
        var token = _walker.Next(_cut.AsSpan(0, before + added));
        if (token.Kind == BodyTokenKind.NeedMore)
        {
            _cutLength = before + added;
            rest = rest[added..];
            return token;
        }

        _cutLength = 0;
        if (token.Kind != BodyTokenKind.Malformed) rest = rest[(token.Consumed - before)..];
        return token;
    }

    void Keep(ref ReadOnlySpan<byte> rest)
    {
        rest.CopyTo(_cut);
        _cutLength = rest.Length;
        rest = default;
    }
}
