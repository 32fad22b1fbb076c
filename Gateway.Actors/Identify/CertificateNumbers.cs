namespace Gateway.Actors.Identify;

/// <summary>Serial numbers and fingerprints as people write them: hex in any case, with or without colons, leading zeros or not.</summary>
public static class CertificateNumbers
{
    /// <summary>Hex digits of a SHA-256 fingerprint, the longest of them; a serial number has at most 40 (RFC 5280 section 4.1.2.2).</summary>
    public const int Longest = 64;

    /// <summary>Lower-case hex without leading zeros; null when it is no such number.</summary>
    public static string? Canonical(string? written)
    {
        if (written is null || written.Length > 2 * Longest) return null;
        var digits = written.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length is 0 or > Longest || !digits.All(char.IsAsciiHexDigit)) return null;
        return digits.TrimStart('0').ToLowerInvariant() is { Length: > 0 } number ? number : "0";
    }

    /// <summary>True when both are the same number.</summary>
    public static bool Same(string? one, string? other) => Canonical(one) is { } number && number == Canonical(other);
}
