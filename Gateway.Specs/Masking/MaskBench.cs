using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Mqtt;

namespace Gateway.Specs.Masking;

/// <summary>Rules and payloads as specs write them.</summary>
static class MaskBench
{
    public const string Secret = "an entirely secret text of more than 32 characters";

    public static readonly MaskingAction Stars = new(MaskingKind.Redact);

    public static MaskingAction Redact(string text) => new(MaskingKind.Redact) { Text = text };

    public static MaskingRule Rule(MaskingAction action, params string[] paths) => new()
    {
        Name = "fields",
        Action = action,
        JsonPaths = [.. paths.Select(p => JsonPath.TryParse(p, out var problem) ?? throw new ArgumentException(problem))],
    };

    public static MaskingRule Detecting(string detector, MaskingAction? action = null) =>
        new() { Name = detector, Action = action ?? Redact("#"), Detectors = [Detector.Find(detector)!] };

    public static MaskingRule Matching(string pattern, MaskingAction? action = null) =>
        new() { Name = "pattern", Action = action ?? Redact("#"), Pattern = TextPattern.TryCreate(pattern, out _, out _)! };

    public static MaskingRules Rules(params MaskingRule[] rules) => MaskingRules.TryCreate(rules, TopicFilter.Matches)!;

    public static Masker Begin(params MaskingRule[] rules) => Begun(new(Rules(rules), MaskingKey.Of(Secret)));

    /// <summary>A masker that may do what one message may.</summary>
    public static Masker Begun(Masker masker)
    {
        masker.Begin(Limits.Default.MaskedOutput);
        return masker;
    }

    /// <summary>The value after masking; null where it is refused.</summary>
    public static string? Mask(string value, params MaskingRule[] rules) =>
        Mask(Encoding.UTF8.GetBytes(value), rules) is { } masked ? Encoding.UTF8.GetString(masked) : null;

    public static byte[]? Mask(byte[] value, params MaskingRule[] rules)
    {
        var masker = Begin(rules);
        var target = new PooledWriter();
        var masked = masker.Value(masker.PlanOf(Direction.ToClient, "t"u8)!, value, target);
        return masked.Fate switch
        {
            MaskedFate.Same => value,
            MaskedFate.Changed => target.Span.ToArray(),
            _ => null,
        };
    }
}
