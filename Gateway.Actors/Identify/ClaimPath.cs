using System.Text.Json;

namespace Gateway.Actors.Identify;

/// <summary>
/// Where a claim is: its name, dots and slashes and all (<c>https://example.org/groups</c> is a name), or, beginning with a slash, a JSON Pointer to a
/// nested one (RFC 6901), such as <c>/realm_access/roles</c>. Pure.
/// </summary>
static class ClaimPath
{
    /// <summary>Null when it is not there. Arrays are not entered: what an element means depends on an order nobody promises.</summary>
    public static JsonElement? Find(JsonElement claims, string path)
    {
        if (!path.StartsWith('/')) return claims.TryGetProperty(path, out var named) ? named : null;
        var at = claims;
        foreach (var step in path[1..].Split('/'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(Unescaped(step), out at)) return null;
        }

        return at;
    }

    /// <summary>Whether it can be where a claim is.</summary>
    public static bool IsValid(string path) => !string.IsNullOrWhiteSpace(path) && (!path.StartsWith('/') || path[1..].Split('/').All(step => step.Length > 0));

    static string Unescaped(string step) => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
