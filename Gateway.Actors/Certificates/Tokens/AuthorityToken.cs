using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Hosting;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Gateway.Actors.Certificates.Tokens;

/// <summary>
/// A PKCS #11 token (a hardware security module) that holds the keys of the cluster's own authorities: it makes them, signs with them and gives none away.
/// A session per use: signatures are rare, and a token that was away is found again. Every method throws <see cref="CertificateSourceException"/> when the
/// token does not do it. Safe for use from several threads.
/// </summary>
/// <remarks>
/// A login that was refused is not tried again for a while, unless the PIN's file has changed: tokens lock themselves after a few wrong PINs, and who asks
/// for a revocation list does so without anybody's leave.
/// </remarks>
public sealed class AuthorityToken(TokenOptions options, TimeProvider time) : IDisposable
{
    /// <summary>How long a refused login is told again without asking the token.</summary>
    static readonly TimeSpan s_refusedFor = TimeSpan.FromMinutes(1);

    /// <summary>Before the label, where the registry has a sealed key otherwise.</summary>
    internal const string Scheme = "pkcs11:";

    // RFC 5480 section 2.1.1.1: secp256r1, as DER.
    static readonly byte[] s_p256 = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

    // The library loads the token's with libdl, which glibc has without a number only where its headers are; elsewhere it is part of libc.
    static AuthorityToken() => NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, static (name, assembly, path) =>
        name == "libdl" && (NativeLibrary.TryLoad("libdl.so.2", assembly, path, out var library) || NativeLibrary.TryLoad("libc", assembly, path, out library))
            ? library
            : IntPtr.Zero);

    readonly Lock _lock = new();
    readonly Pkcs11InteropFactories _factories = new();
    IPkcs11Library? _library;
    RefusedLogin? _refused;

    /// <summary>What the key of an authority is called in the token.</summary>
    public string LabelOf(uint generation) => string.Create(CultureInfo.InvariantCulture, $"{options.KeyLabel}-{generation}");

    /// <summary>The key of that label, made first where the token has none (ECDSA P-256, not extractable).</summary>
    internal ECDsa Make(string label) => Use(session =>
    {
        if (Find(session, CKO.CKO_PRIVATE_KEY, label) is null) Generate(session, label);
        return Opened(session, label);
    });

    /// <summary>The key of that label.</summary>
    internal ECDsa Open(string label) => Use(session => Opened(session, label));

    internal byte[] Sign(string label, byte[] hash) => Use(session =>
    {
        var key = Find(session, CKO.CKO_PRIVATE_KEY, label) ?? throw Missing(label);
        using var mechanism = session.Factories.MechanismFactory.Create(CKM.CKM_ECDSA);
        return session.Sign(mechanism, key, hash);
    });

    public void Dispose()
    {
        lock (_lock)
        {
            _library?.Dispose();
            _library = null;
        }
    }

    TokenEcdsa Opened(ISession session, string label)
    {
        if (Find(session, CKO.CKO_PRIVATE_KEY, label) is null || Find(session, CKO.CKO_PUBLIC_KEY, label) is not { } key) throw Missing(label);
        var point = session.GetAttributeValue(key, [CKA.CKA_EC_POINT])[0].GetValueAsByteArray();
        // An octet string says PKCS #11 (section 2.3.3); some tokens leave its head out.
        if (point is [0x04, 0x41, 0x04, ..] && point.Length == 67) point = point[2..];
        if (point is not [0x04, ..] || point.Length != 65) throw new CertificateSourceException($"the token's key {label} is not of the kind ECDSA P-256");
        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } };
        return new TokenEcdsa(parameters, hash => Sign(label, hash));
    }

    static void Generate(ISession session, string label)
    {
        var attributes = session.Factories.ObjectAttributeFactory;
        var id = RandomNumberGenerator.GetBytes(16);
        List<IObjectAttribute> open =
        [
            attributes.Create(CKA.CKA_TOKEN, true), attributes.Create(CKA.CKA_LABEL, label), attributes.Create(CKA.CKA_ID, id),
            attributes.Create(CKA.CKA_VERIFY, true), attributes.Create(CKA.CKA_EC_PARAMS, s_p256),
        ];
        List<IObjectAttribute> secret =
        [
            attributes.Create(CKA.CKA_TOKEN, true), attributes.Create(CKA.CKA_PRIVATE, true), attributes.Create(CKA.CKA_LABEL, label),
            attributes.Create(CKA.CKA_ID, id), attributes.Create(CKA.CKA_SIGN, true), attributes.Create(CKA.CKA_SENSITIVE, true),
            attributes.Create(CKA.CKA_EXTRACTABLE, false),
        ];
        using var mechanism = session.Factories.MechanismFactory.Create(CKM.CKM_EC_KEY_PAIR_GEN);
        session.GenerateKeyPair(mechanism, open, secret, out _, out _);
    }

    static IObjectHandle? Find(ISession session, CKO kind, string label)
    {
        var attributes = session.Factories.ObjectAttributeFactory;
        var found = session.FindAllObjects([attributes.Create(CKA.CKA_CLASS, kind), attributes.Create(CKA.CKA_LABEL, label)]);
        return found.Count <= 1 ? found.FirstOrDefault() : throw new CertificateSourceException($"the token has several keys {label}; leave one");
    }

    // One at a time: a token's login is the process's, not the session's.
    T Use<T>(Func<ISession, T> act)
    {
        lock (_lock)
        {
            if (_refused is { } refused && time.GetElapsedTime(refused.At) < s_refusedFor && refused.Pin == PinNow())
                throw new CertificateSourceException(refused.Told);
            try
            {
                using var session = Slot().OpenSession(SessionType.ReadWrite);
                Login(session);
                return act(session);
            }
            catch (Exception e) when (e is Pkcs11Exception or UnmanagedException or DllNotFoundException or IOException or UnauthorizedAccessException)
            {
                // Loaded anew next time: it may have lost its token for good.
                Dispose();
                throw new CertificateSourceException(Told(e), e);
            }
        }
    }

    ISlot Slot()
    {
        _library ??= _factories.Pkcs11LibraryFactory.LoadPkcs11Library(_factories, options.ModulePath, AppType.MultiThreaded);
        return _library.GetSlotList(SlotsType.WithTokenPresent).FirstOrDefault(slot => slot.GetTokenInfo().Label.TrimEnd() == options.TokenLabel)
            ?? throw new CertificateSourceException($"{options.ModulePath} has no token {options.TokenLabel}; see that it is there, and initialized");
    }

    void Login(ISession session)
    {
        if (ConfiguredFiles.NotSecret(options.PinFile!) is { } problem) throw new CertificateSourceException($"{problem.Problem}; {problem.Remedy}");
        var before = PinNow();
        var pin = Encoding.UTF8.GetBytes(File.ReadAllText(options.PinFile!).Trim());
        try
        {
            session.Login(CKU.CKU_USER, pin);
            _refused = null;
        }
        catch (Pkcs11Exception e)
        {
            _refused = new(Told(e), before, time.GetTimestamp());
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    string PinNow() => ConfiguredFiles.Fingerprint(options.PinFile!);

    string Told(Exception e) => $"the token {options.TokenLabel} does not do it ({Reason(e)})";

    static string Reason(Exception e) => e is Pkcs11Exception told ? told.RV.ToString() : e.Message;

    static CertificateSourceException Missing(string label) => new($"the token has no key {label}; give all nodes the same token, or one that its keys were copied to");

    /// <param name="Told">What the login came to.</param>
    /// <param name="Pin">The fingerprint of the PIN's file.</param>
    /// <param name="At">A timestamp of the clock.</param>
    sealed record RefusedLogin(string Told, string Pin, long At);
}
