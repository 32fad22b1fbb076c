using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Mqtt;

/// <summary>What becomes of one packet once its head is judged.</summary>
enum PacketFate
{
    /// <summary>It goes on as it came.</summary>
    Pass,

    /// <summary>It goes no further; its payload is swallowed as it streams by.</summary>
    Drop,

    /// <summary>Other bytes go on in its place.</summary>
    Replace,

    /// <summary>The session ends.</summary>
    Refuse,
}

/// <summary>
/// A packet's fate and what goes with it. <see cref="Bytes"/> are the replacement, or the answer the sender gets once a dropped packet is
/// complete. Refusals are named as if the client were to blame; <see cref="PacketFramer"/> knows whose packet it was.
/// </summary>
readonly record struct PacketVerdict(PacketFate Fate, byte[]? Bytes, Refusal Refusal, string? Detail)
{
    /// <summary>Of a PUBLISH that passes: what is masked of it before it does.</summary>
    public MaskingPlan? Plan { get; init; }

    public static readonly PacketVerdict Pass = new(PacketFate.Pass, null, Refusal.None, null);

    public static PacketVerdict Drop(byte[]? answer) => new(PacketFate.Drop, answer, Refusal.None, null);

    public static PacketVerdict Replace(byte[] bytes) => new(PacketFate.Replace, bytes, Refusal.None, null);

    public static PacketVerdict Refuse(Refusal refusal, string detail) => new(PacketFate.Refuse, null, refusal, detail);

    public static PacketVerdict Malformed(PacketType type) => Refuse(Refusal.FrameMalformed, $"{type.Word()} is malformed");
}
