using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Turns this thread's error queue into exceptions. A call that may fail clears the queue first, so that no older error is blamed.
/// </summary>
static class OpenSslError
{
    const uint ReasonMask = 0x7FFFFF;
    const uint UnexpectedEnd = 294;

    /// <summary>A fault of ours or of the library: wrong configuration, no memory.</summary>
    public static CryptographicException Take(string call) => new($"{call} failed: {Reason()}.");

    /// <summary>The reason SSL_R_UNEXPECTED_EOF_WHILE_READING of openssl/sslerr.h.</summary>
    public static bool IsUnexpectedEnd() => (LibCrypto.ERR_peek_error().Value & ReasonMask) == UnexpectedEnd;

    /// <summary>1 is success for most calls of the library.</summary>
    public static void Check(int result, string call)
    {
        if (result != 1) throw Take(call);
    }

    /// <summary>
    /// Empties the queue: its oldest entry is the cause. Without one, the system's own words for the last call. Nothing in either is of
    /// the peer's making.
    /// </summary>
    public static string Reason() => Reason(out _);

    /// <summary>The same, and the library's code; 0 without one.</summary>
    public static string Reason(out int oldest)
    {
        oldest = 0;
        string? first = null;
        for (var code = LibCrypto.ERR_get_error(); code.Value != 0; code = LibCrypto.ERR_get_error())
        {
            if (first is not null) continue;
            first = Marshal.PtrToStringUTF8(LibCrypto.ERR_reason_error_string(code));
            oldest = unchecked((int)code.Value);
        }

        return first ?? Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
    }
}
