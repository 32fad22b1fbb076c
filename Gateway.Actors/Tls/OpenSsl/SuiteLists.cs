using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>Lists of suites in the library's own words.</summary>
static class SuiteLists
{
    static readonly ConditionalWeakTable<IReadOnlyList<TlsCipherSuite>, Tuple<string, string>> s_known = [];

    /// <summary>Those of TLS 1.3, and those of TLS 1.2; either may be empty.</summary>
    public static (string Modern, string Older) Of(IReadOnlyList<TlsCipherSuite> suites)
    {
        var (modern, older) = s_known.GetValue(suites, Write);
        return (modern, older);
    }

    static Tuple<string, string> Write(IReadOnlyList<TlsCipherSuite> suites)
    {
        // Only the names of TLS 1.2 and older say which key exchange the cipher goes with.
        var names = suites.Select(suite => suite.ToString()).ToLookup(name => name.Contains("_WITH_", StringComparison.Ordinal));
        return Tuple.Create(string.Join(':', names[false]), string.Join(':', names[true].Select(LibrarysName)));
    }

    static string LibrarysName(string standardName) =>
        Marshal.PtrToStringUTF8(LibSsl.OPENSSL_cipher_name(standardName)) ?? throw new NotSupportedException(standardName);
}
