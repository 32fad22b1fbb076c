using System.Net;
using Gateway.Actors.Certificates.Acme;

namespace Gateway.Actors.Hosting;

/// <summary>The ACME servers, and what is served over plain HTTP.</summary>
static class AcmeChecks
{
    public static void Check(CertificateOptions certificates, OptionReport report)
    {
        report.Require(
            IPAddress.TryParse(certificates.HttpAddress, out _), "Certificates:HttpAddress", "is not an IP address", "use 0.0.0.0 or an address of this machine");
        report.Range("Certificates:HttpPort", certificates.HttpPort, -1, 65535);
        Revocation(certificates, report);
        Token(certificates.Token, report);
        for (var i = 0; i < certificates.Acme.Count; i++)
        {
            var (issuer, at) = (certificates.Acme[i], $"Certificates:Acme:{i}");
            Issuer(issuer, at, report);
            if (issuer.Name.Length > 0 && certificates.Acme.Take(i).Any(other => other.Name == issuer.Name))
                report.Add($"{at}:Name", "is the name of another ACME server", "give every server a name of its own");
            report.Require(
                issuer.Challenge != AcmeChallengeKind.Http01 || certificates.HttpPort >= 0, $"{at}:Challenge", "needs Certificates:HttpPort",
                "set the port that requests for port 80 are forwarded to, or use TlsAlpn01");
        }
    }

    // RFC 5280 section 8: clients that verify a certificate to fetch its revocation list would go round in circles with https.
    static void Revocation(CertificateOptions certificates, OptionReport report)
    {
        if (certificates.RevocationUrl is not { } address) return;
        report.Require(
            address.Length <= 512 && Uri.TryCreate(address, UriKind.Absolute, out var url) && url is { Scheme: "http", Query: "", Fragment: "", UserInfo: "" },
            "Certificates:RevocationUrl", "must be an http URL without query or fragment", "write it like http://pki.example.org");
        report.Require(
            certificates.HttpPort >= 0, "Certificates:RevocationUrl", "needs Certificates:HttpPort", "set the port that requests for this address are forwarded to");
    }

    static void Token(TokenOptions token, OptionReport report)
    {
        if (token == new TokenOptions()) return;
        if (token is not { ModulePath: { } module, TokenLabel: { } label, KeyLabel: { } key, PinFile: { } pin })
        {
            report.AddHidden("Certificates:Token", "is given in parts", "give ModulePath, TokenLabel, KeyLabel and PinFile, or none of them");
            return;
        }

        report.File("Certificates:Token:ModulePath", ConfiguredFiles.Unreadable(module));
        report.Require(label.Length <= 32, "Certificates:Token:TokenLabel", "is longer than 32 characters", "give the label that the token was initialized with");
        report.Require(NodeChecks.IsPlainName(key), "Certificates:Token:KeyLabel", "must be 1 to 64 letters, digits, dashes, dots or underscores", "give a plain name");
        report.File("Certificates:Token:PinFile", ConfiguredFiles.NotSecret(pin));
    }

    static void Issuer(AcmeOptions issuer, string at, OptionReport report)
    {
        report.Require(
            NodeChecks.IsPlainName(issuer.Name), $"{at}:Name", "must be 1 to 64 letters, digits, dashes, dots or underscores",
            "give the server the name that certificates use");
        // Hidden: a URL of the wrong form may hold a password.
        if (!IdentityChecks.IsHttps(issuer.Directory) || issuer.Directory.Length > AcmeLimits.Url)
            report.AddHidden($"{at}:Directory", "must be an https URL without query or fragment", "write it like https://acme.example.org/directory");
        if (issuer.AuthoritiesFile is { } bundle) StorageChecks.Bundle($"{at}:AuthoritiesFile", bundle, report);
        report.Require(
            issuer.Contact is not { } contact || IsMailAddress(contact), $"{at}:Contact", "is no mail address", "write it like operations@example.org");
        report.Require(
            issuer.PreferredChain is not { Length: > 200 }, $"{at}:PreferredChain", "is longer than 200 characters", "give the common name of the root");
        ExternalAccount(issuer, at, report);
    }

    static void ExternalAccount(AcmeOptions issuer, string at, OptionReport report)
    {
        if (issuer.ExternalAccountKeyId is null != issuer.ExternalAccountKeyFile is null)
        {
            report.AddHidden($"{at}:ExternalAccountKeyId", "is given without ExternalAccountKeyFile, or the other way round", "give both, or neither");
            return;
        }

        if (issuer.ExternalAccountKeyFile is not { } file) return;
        report.Require(
            issuer.ExternalAccountKeyId is { Length: <= 255 } id && id.All(c => c is > ' ' and <= '~'), $"{at}:ExternalAccountKeyId",
            "must be 1 to 255 visible ASCII characters", "give the id that the server's operator told you");
        if (ConfiguredFiles.NotSecret(file) is { } problem) report.File($"{at}:ExternalAccountKeyFile", problem);
        else if (AcmeIssuer.ExternalKeyOf(file) is null)
            report.Add($"{at}:ExternalAccountKeyFile", $"{file} is no key of 128 bits or more in base 64", "put nothing but the key that the server's operator gave you there");
    }

    // RFC 8555 section 7.3: one address, no header fields. Quoted local parts are left out: nobody has one.
    static bool IsMailAddress(string text) =>
        text.Length <= 254 && text.Split('@') is [{ Length: > 0 } local, { Length: > 0 } host] && Uri.CheckHostName(host) == UriHostNameType.Dns
        && local.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+');
}
