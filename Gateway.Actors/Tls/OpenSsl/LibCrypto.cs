using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>What the engine needs of <c>libcrypto</c> 3, by the names of its manual pages.</summary>
static unsafe partial class LibCrypto
{
    public const string Name = "libcrypto.so.3";

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial void ERR_clear_error();

    [LibraryImport(Name)]
    public static partial CULong ERR_get_error();

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial CULong ERR_peek_error();

    [LibraryImport(Name)]
    public static partial nint ERR_reason_error_string(CULong code);

    [LibraryImport(Name)]
    public static partial nint CRYPTO_malloc(nuint size, nint file, int line);

    [LibraryImport(Name)]
    public static partial nint BIO_s_mem();

    [LibraryImport(Name)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Name)]
    public static partial int BIO_write(nint target, byte* bytes, int length);

    [LibraryImport(Name)]
    public static partial int BIO_free(nint bio);

    /// <summary>Bytes that were read through it in its life.</summary>
    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial ulong BIO_number_read(nint bio);

    /// <summary>A new place in every object of a class (0: SSL) for what belongs to the application.</summary>
    [LibraryImport(Name)]
    public static partial int CRYPTO_get_ex_new_index(int type, CLong number, nint argument, nint create, nint copy, nint free);

    [LibraryImport(Name)]
    public static partial int X509_up_ref(nint certificate);

    [LibraryImport(Name)]
    public static partial void X509_free(nint certificate);

    [LibraryImport(Name)]
    public static partial nint X509_STORE_CTX_get0_cert(nint store);

    /// <summary>Takes no reference.</summary>
    [LibraryImport(Name)]
    public static partial void X509_STORE_CTX_set_cert(nint store, nint certificate);

    [LibraryImport(Name)]
    public static partial nint X509_STORE_CTX_get0_untrusted(nint store);

    [LibraryImport(Name)]
    public static partial nint X509_STORE_CTX_get_ex_data(nint store, int index);

    [LibraryImport(Name)]
    public static partial void X509_STORE_CTX_set_error(nint store, VerifyError error);

    [LibraryImport(Name)]
    public static partial nint OPENSSL_sk_new_null();

    [LibraryImport(Name)]
    public static partial int OPENSSL_sk_push(nint stack, nint item);

    [LibraryImport(Name)]
    public static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Name)]
    public static partial nint OPENSSL_sk_value(nint stack, int index);

    /// <summary>Lets go of what was there without freeing it.</summary>
    [LibraryImport(Name)]
    public static partial nint OPENSSL_sk_set(nint stack, int index, nint item);

    /// <summary>The last, which is the caller's now.</summary>
    [LibraryImport(Name)]
    public static partial nint OPENSSL_sk_pop(nint stack);

    [LibraryImport(Name)]
    public static partial void OPENSSL_sk_free(nint stack);

    [LibraryImport(Name)]
    public static partial nint EVP_aes_256_cbc();

    [LibraryImport(Name)]
    public static partial int EVP_EncryptInit_ex(nint cipher, nint type, nint engine, byte* key, byte* iv);

    [LibraryImport(Name)]
    public static partial int EVP_DecryptInit_ex(nint cipher, nint type, nint engine, byte* key, byte* iv);

    [LibraryImport(Name)]
    public static partial int EVP_MAC_CTX_set_params(nint mac, MacParameter* parameters);
}

/// <summary>OSSL_PARAM of openssl/core.h.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct MacParameter
{
    public byte* Key;
    public uint DataType;
    public void* Data;
    public nuint DataSize;
    public nuint ReturnSize;
}
