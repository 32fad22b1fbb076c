using System.Buffers;

namespace Gateway.Protocols;

/// <summary>
/// One chunk of input on its way to a target. What passes is only counted, and copied no earlier than something before or after it differs
/// from the input: a chunk that passes whole is never copied.
/// </summary>
ref struct RelayedChunk(ReadOnlySpan<byte> input, IBufferWriter<byte> target)
{
    readonly ReadOnlySpan<byte> _input = input;
    int _copied;
    int _at;

    /// <summary>Where the output goes, for what is inserted in place of something that is skipped.</summary>
    public readonly IBufferWriter<byte> Target => target;

    /// <summary>The input not yet dealt with.</summary>
    public readonly ReadOnlySpan<byte> Rest => _input[_at..];

    public readonly bool IsDone => _at == _input.Length;

    /// <summary>True while the output is the same as the input.</summary>
    public bool IsWhole { get; private set; } = true;

    public void Pass(int length) => _at += length;

    public void Skip(int length)
    {
        Flush();
        _copied = _at += length;
    }

    public void Insert(scoped ReadOnlySpan<byte> bytes)
    {
        Flush();
        target.Write(bytes);
    }

    /// <summary>Copies what has passed so far, because the output is no longer the input.</summary>
    public void Flush()
    {
        IsWhole = false;
        if (_at > _copied) target.Write(_input[_copied.._at]);
        _copied = _at;
    }
}
