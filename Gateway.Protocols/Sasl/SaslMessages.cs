using System.Text;

namespace Gateway.Protocols.Sasl;

/// <summary>The messages of mechanisms that need but one.</summary>
static class SaslMessages
{
    /// <summary>RFC 4616: <c>[authzid] NUL authcid NUL passwd</c>.</summary>
    public static byte[] Plain(string? userName, string? password) => Encoding.UTF8.GetBytes($"\0{userName}\0{password}");

    /// <summary>RFC 7628 section 3.1: <c>n,,^A auth=Bearer SP token ^A^A</c>.</summary>
    public static byte[] Bearer(string? token) => Encoding.UTF8.GetBytes($"n,,\x01" + $"auth=Bearer {token}\x01\x01");
}
