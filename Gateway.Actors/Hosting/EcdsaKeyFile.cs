using System.Security.Cryptography;
using Gateway.Actors.Record;

namespace Gateway.Actors.Hosting;

/// <summary>A private key in a PEM file that is its owner's alone: ECDSA P-256.</summary>
public static class EcdsaKeyFile
{
    /// <summary>
    /// Loads the private key; makes it first when the file is absent and <paramref name="create"/> allows that. A made file is readable by its owner
    /// alone and written whole before it has its name. Throws <see cref="InvalidDataException"/> naming <paramref name="what"/>, file, fault and remedy.
    /// </summary>
    public static ECDsa Load(string what, string file, bool create)
    {
        if (!File.Exists(file))
        {
            if (!create)
                throw Fault(what, file, "does not exist", $"make it with: openssl ecparam -name prime256v1 -genkey -noout -out {file}");
            Create(file);
        }

        if (!SecretFileMode.IsSecret(file))
            throw Fault(what, file, "is open to others than its owner", $"run: chmod 600 {file}");
        return Import(what, file);
    }

    static ECDsa Import(string what, string file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            // A public key has no private part to sign with; found out now rather than at the first signature.
            _ = key.SignData([], HashAlgorithmName.SHA256);
            if (key.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value) return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw Fault(what, file, "is no ECDSA private key in PEM", "replace it with an ECDSA P-256 key", e);
        }

        key.Dispose();
        throw Fault(what, file, "is on another curve than P-256", "replace it with an ECDSA P-256 key");
    }

    static InvalidDataException Fault(string what, string file, string fault, string remedy, Exception? cause = null) =>
        new($"The {what} {file} {fault}; {remedy}.", cause);

    static void Create(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        OwnFiles.Create(file, key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
