using System.Security.Cryptography;

namespace Gateway.Actors.Sessions;

/// <summary>Crockford's base 32: no letter that is easily taken for another. Written in upper case.</summary>
static class Base32
{
    const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Letters of five random bits each, from the system's secure generator.</summary>
    public static string Random(int length) => RandomNumberGenerator.GetString(Letters, length);

    /// <summary>The lowest <c>5 * length</c> bits, highest first.</summary>
    public static string Write(ulong bits, int length) => string.Create(length, bits, static (text, rest) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, rest >>= 5) text[i] = Letters[(int)(rest & 31)];
    });

    /// <summary>0 to 31, or -1 for what is no letter of the alphabet.</summary>
    public static int Value(char letter) => Letters.IndexOf(letter, StringComparison.Ordinal);
}
