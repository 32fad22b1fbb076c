namespace Gateway.Protocols.Masking;

/// <summary>What of a protocol's messages can be masked.</summary>
[Flags]
public enum MaskedParts
{
    None = 0,
    Value = 1 << 0,
    Key = 1 << 1,
    Headers = 1 << 2,
}
