namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The algebra of topic filters: levels separated by <c>/</c>, <c>+</c> for one level, <c>#</c> last for any number of levels, its parent
/// included. MQTT 5 section 4.7. A leading wildcard does not match a topic that begins with <c>$</c> ([MQTT-4.7.2-1]).
/// </summary>
public static class TopicFilter
{
    const string Share = "$share/";

    /// <summary>A name to publish to: not empty, no wildcard, no U+0000. Takes well-formed UTF-8.</summary>
    public static bool IsTopicName(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAny((byte)'+', (byte)'#', (byte)0);

    /// <summary>A well-formed filter, a shared subscription (section 4.8.2) included.</summary>
    public static bool IsValid(ReadOnlySpan<char> filter)
    {
        if (filter.StartsWith(Share, StringComparison.Ordinal))
        {
            var rest = filter[Share.Length..];
            var slash = rest.IndexOf('/');
            if (slash < 1 || rest[..slash].ContainsAny('+', '#')) return false;
            filter = rest[(slash + 1)..];
        }

        return !filter.IsEmpty && !filter.Contains('\0') && HasValidWildcards(filter);
    }

    /// <summary>As <see cref="IsValid(ReadOnlySpan{char})"/>, for well-formed UTF-8.</summary>
    public static bool IsValid(ReadOnlySpan<byte> filter)
    {
        using var chars = new TopicChars(filter, stackalloc char[TopicChars.Scratch]);
        return IsValid(chars.Span);
    }

    /// <summary>True for a shared subscription, <c>$share/group/filter</c>.</summary>
    public static bool IsShared(ReadOnlySpan<byte> filter) => filter.StartsWith("$share/"u8);

    /// <summary>What a rule may name: a valid filter, but no shared subscription, which stands for no topic by itself.</summary>
    public static bool IsRulePattern(ReadOnlySpan<char> filter) => IsValid(filter) && !filter.StartsWith(Share, StringComparison.Ordinal);

    /// <summary>The filter that decides which messages arrive: of <c>$share/group/filter</c> the last part. Takes a valid filter.</summary>
    public static ReadOnlySpan<char> Inner(ReadOnlySpan<char> filter)
    {
        if (!filter.StartsWith(Share, StringComparison.Ordinal)) return filter;
        var rest = filter[Share.Length..];
        return rest[(rest.IndexOf('/') + 1)..];
    }

    /// <summary>True when the topic name is among those the filter stands for.</summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic) => Covers(filter, topic);

    /// <summary>True when <paramref name="wide"/> matches every topic that <paramref name="narrow"/> matches.</summary>
    public static bool Covers(ReadOnlySpan<char> wide, ReadOnlySpan<char> narrow)
    {
        if (IsWild(wide) && IsHidden(narrow)) return false;
        var (wideEnds, narrowEnds) = (false, false);
        while (true)
        {
            if (wideEnds) return narrowEnds;
            var level = Next(ref wide, ref wideEnds);
            if (level is "#") return true;
            var covered = Next(ref narrow, ref narrowEnds);
            if (covered is "#" || (level is not "+" && !level.SequenceEqual(covered))) return false;

            // "a" is within "a/#": the multi-level wildcard includes its parent (section 4.7.1.2).
            if (narrowEnds && !wideEnds) return wide is "#";
        }
    }

    /// <summary>True when some topic is matched by both.</summary>
    public static bool Overlaps(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        if ((IsWild(one) && IsHidden(other)) || (IsWild(other) && IsHidden(one))) return false;
        var (oneEnds, otherEnds) = (false, false);
        while (!oneEnds && !otherEnds)
        {
            var left = Next(ref one, ref oneEnds);
            var right = Next(ref other, ref otherEnds);
            if (left is "#" || right is "#") return true;
            if (left is not "+" && right is not "+" && !left.SequenceEqual(right)) return false;
        }

        return oneEnds ? otherEnds || other is "#" : one is "#";
    }

    static bool IsWild(ReadOnlySpan<char> filter) => filter is ['+' or '#', ..];

    static bool IsHidden(ReadOnlySpan<char> filter) => filter is ['$', ..];

    /// <summary>Takes the next level; <paramref name="ended"/> tells "nothing left" from "one empty level left".</summary>
    static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest, ref bool ended)
    {
        var slash = rest.IndexOf('/');
        var level = slash < 0 ? rest : rest[..slash];
        ended = slash < 0;
        rest = ended ? default : rest[(slash + 1)..];
        return level;
    }

    static bool HasValidWildcards(ReadOnlySpan<char> filter)
    {
        for (var ended = false; !ended;)
        {
            var level = Next(ref filter, ref ended);
            if (level.Length > 1 && level.ContainsAny('+', '#')) return false;
            if (level is "#" && !ended) return false;
        }

        return true;
    }
}
