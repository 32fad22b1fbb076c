using Gateway.Protocols.Masking;

namespace Gateway.Actors.Connections;

/// <summary>What of a connection's payloads is masked.</summary>
/// <param name="Rules">What, where and how.</param>
/// <param name="Key">Where the key of tokens and encrypted fields is; null: no rule needs one.</param>
public sealed record MaskingProfile(MaskingRules Rules, SecretPlace? Key)
{
    public static readonly MaskingProfile None = new(MaskingRules.None, null);
}
