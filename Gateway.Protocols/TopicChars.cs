using System.Buffers;
using System.Text;

namespace Gateway.Protocols;

/// <summary>
/// A topic or filter as characters for the time of one judgement, without a string: on the caller's stack where it fits, in a pooled array
/// where it does not. Takes well-formed UTF-8.
/// </summary>
ref struct TopicChars
{
    /// <summary>Characters of scratch a caller offers: all but the most unusual topics fit.</summary>
    public const int Scratch = 256;

    char[]? _pooled;

    public TopicChars(ReadOnlySpan<byte> utf8, Span<char> scratch)
    {
        var chars = utf8.Length <= scratch.Length ? scratch : _pooled = ArrayPool<char>.Shared.Rent(utf8.Length);
        Span = chars[..Encoding.UTF8.GetChars(utf8, chars)];
    }

    public ReadOnlySpan<char> Span { get; private set; }

    public void Dispose()
    {
        if (_pooled is not null) ArrayPool<char>.Shared.Return(_pooled);
        _pooled = null;
        Span = default;
    }
}
