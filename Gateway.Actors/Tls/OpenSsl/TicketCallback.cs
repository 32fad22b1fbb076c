using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Seals and opens session tickets with the keys of a <see cref="TicketKeyRing"/>. SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
/// </summary>
static unsafe class TicketCallback
{
    const int Failed = -1;
    const int Unknown = 0;
    const int Known = 1;
    const int KnownButOld = 2;
    const int IvLength = 16;
    const uint Utf8String = 4;
    const uint OctetString = 5;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Use(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int isSealing)
    {
        try
        {
            var ring = HandshakeState.Of(ssl).TicketKeys;
            return isSealing == 1 ? Seal(ring.Sealing, name, iv, cipher, mac) : Open(ring, name, iv, cipher, mac);
        }
        catch (Exception)
        {
            // Nothing may be thrown through the library; the handshake fails instead.
            return Failed;
        }
    }

    static int Seal(TicketKey key, byte* name, byte* iv, nint cipher, nint mac)
    {
        key.Name.CopyTo(new Span<byte>(name, TicketKey.NameLength));
        RandomNumberGenerator.Fill(new Span<byte>(iv, IvLength));
        fixed (byte* secret = key.Cipher)
        {
            if (LibCrypto.EVP_EncryptInit_ex(cipher, LibCrypto.EVP_aes_256_cbc(), 0, secret, iv) != 1) return Failed;
        }

        return SetMac(key, mac) ? Known : Failed;
    }

    static int Open(TicketKeyRing ring, byte* name, byte* iv, nint cipher, nint mac)
    {
        if (ring.Opening(new ReadOnlySpan<byte>(name, TicketKey.NameLength)) is not { } key) return Unknown;
        fixed (byte* secret = key.Cipher)
        {
            if (LibCrypto.EVP_DecryptInit_ex(cipher, LibCrypto.EVP_aes_256_cbc(), 0, secret, iv) != 1) return Failed;
        }

        if (!SetMac(key, mac)) return Failed;
        return ReferenceEquals(key, ring.Sealing) ? Known : KnownButOld;
    }

    static bool SetMac(TicketKey key, nint mac)
    {
        fixed (byte* secret = key.Mac, keyName = "key\0"u8, digestName = "digest\0"u8, sha256 = "SHA256\0"u8)
        {
            var parameters = stackalloc MacParameter[3];
            parameters[0] = new() { Key = keyName, DataType = OctetString, Data = secret, DataSize = TicketKey.SecretLength };
            parameters[1] = new() { Key = digestName, DataType = Utf8String, Data = sha256, DataSize = 6 };
            parameters[2] = default;
            return LibCrypto.EVP_MAC_CTX_set_params(mac, parameters) == 1;
        }
    }
}
