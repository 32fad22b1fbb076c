using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Login;

/// <summary>Has a node issue a client certificate to whoever is logged in. The key is made here and never leaves.</summary>
sealed class CertificateIssue(AdminClient node, string target, StoredCertificates store)
{
    public async Task<IssuedCertificateView> RunAsync(string? connection, string? lifetime, CancellationToken cancel)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The name in it counts for nothing: the node writes that of the token.
        var request = new CertificateRequest("CN=gateway", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var body = JsonContent.Create(new CertificateAsk(request, lifetime, connection), AdminRequestJson.Default.CertificateAsk);
        var issued = await node.PostAsync("/v1/me/certificate", body, AdminJson.Default.IssuedCertificateView, cancel)
            ?? throw new CommandException(
                ExitCode.NotFound, connection is null
                    ? "the node issues no client certificates; ask its operators to set Certificates:ClientAuthorityFile"
                    : $"no connection {Printable.Text(connection)} admits you, or the node issues no client certificates; ask its operators");
        RequireOurs(issued.Certificate, key);
        store.Save(target, issued.Certificate, key);
        return issued;
    }

    static void RequireOurs(string pem, ECDsa key)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            using var pair = certificate.CopyWithPrivateKey(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CommandException(ExitCode.Failed, "the node issued what is no certificate for the key that was made here", e);
        }
    }
}
