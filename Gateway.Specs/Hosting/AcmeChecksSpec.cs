using System.Text;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class AcmeChecksSpec : IDisposable
{
    const string Server = """ "Name": "le", "Directory": "https://acme.example.org/dir" """;

    readonly ConfigurationFolder _folder = new();

    public AcmeChecksSpec()
    {
        _folder.Write("connections.yaml", "");
        _folder.WriteCertificate("ca").Dispose();
        _folder.WriteSecret("eab.key", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W\n");
        _folder.WriteSecret("short.key", "c2hvcnQ\n");
        _folder.Write("open.key", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_server_is_bound_to_the_letter_and_its_files_start_from_the_content_root()
    {
        var check = Check($$"""
            "HttpPort": 8080,
            "Acme": [ { {{Server}}, "AuthoritiesFile": "ca.crt", "Contact": "ops+gw@example.org", "TermsAgreed": true, "Challenge": "Http01",
                        "ExternalAccountKeyId": "kid-1", "ExternalAccountKeyFile": "eab.key", "PreferredChain": "ISRG Root X1" } ]
            """);

        Assert.Empty(check.Faults);
        var server = Assert.Single(check.Options.Certificates.Acme);
        Assert.Equal((AcmeChallengeKind.Http01, true, "ISRG Root X1"), (server.Challenge, server.TermsAgreed, server.PreferredChain));
        Assert.Equal((_folder.PathOf("ca.crt"), _folder.PathOf("eab.key")), (server.AuthoritiesFile, server.ExternalAccountKeyFile));
    }

    [Theory]
    [InlineData("""  "HttpPort": -1 """)]
    [InlineData("""  "HttpPort": 0 """)]
    [InlineData("""  "HttpPort": 65535, "HttpAddress": "::" """)]
    public void The_port_for_http_is_off_chosen_by_the_system_or_any(string settings) => Assert.Empty(Check(settings).Faults);

    [Theory]
    [InlineData("""  "HttpPort": -2 """, "Gateway:Certificates:HttpPort is \"-2\": must be between -1 and 65535")]
    [InlineData("""  "HttpPort": 65536 """, "Gateway:Certificates:HttpPort")]
    [InlineData("""  "HttpAddress": "localhost" """, "Gateway:Certificates:HttpAddress is \"localhost\": is not an IP address")]
    public void A_port_that_is_none_is_refused(string settings, string fault) => Refuses(settings, fault);

    [Theory]
    [InlineData("""  "Name": "", "Directory": "https://acme.example.org/dir" """, "Acme:0:Name")]
    [InlineData("""  "Name": "a b", "Directory": "https://acme.example.org/dir" """, "Acme:0:Name")]
    [InlineData("""  "Name": "le" """, "Acme:0:Directory: must be an https URL without query or fragment")]
    [InlineData("""  "Name": "le", "Directory": "http://acme.example.org/dir" """, "Acme:0:Directory")]
    [InlineData("""  "Name": "le", "Directory": "https://me:secret@acme.example.org/dir" """, "Acme:0:Directory")]
    [InlineData(Server + """, "Contact": "ops" """, "Acme:0:Contact is \"ops\": is no mail address")]
    [InlineData(Server + """, "Contact": "a@example.org,b@example.org" """, "Acme:0:Contact")]
    [InlineData(Server + """, "Contact": "a@example.org?subject=x" """, "Acme:0:Contact")]
    [InlineData(Server + """, "AuthoritiesFile": "none.crt" """, "Acme:0:AuthoritiesFile")]
    [InlineData(Server + """, "Challenge": "Dns01" """, "Acme:0:Challenge")]
    [InlineData(Server + """, "Challenge": "Http01" """, "Acme:0:Challenge is \"Http01\": needs Certificates:HttpPort")]
    [InlineData(Server + """, "ExternalAccountKeyId": "kid" """, "Acme:0:ExternalAccountKeyId: is given without ExternalAccountKeyFile")]
    [InlineData(Server + """, "ExternalAccountKeyFile": "eab.key" """, "Acme:0:ExternalAccountKeyId")]
    [InlineData(Server + """, "ExternalAccountKeyId": "k\u00e9", "ExternalAccountKeyFile": "eab.key" """, "Acme:0:ExternalAccountKeyId")]
    [InlineData(Server + """, "ExternalAccountKeyId": "kid", "ExternalAccountKeyFile": "open.key" """, "Acme:0:ExternalAccountKeyFile")]
    [InlineData(Server + """, "ExternalAccountKeyId": "kid", "ExternalAccountKeyFile": "short.key" """, "Acme:0:ExternalAccountKeyFile")]
    public void A_server_that_cannot_be_used_is_refused(string server, string fault) =>
        Refuses($$"""  "Acme": [ { {{server}} } ] """, "Gateway:Certificates:" + fault);

    [Theory]
    [InlineData(""" "Token": { "ModulePath": "ca.crt" } """, "Token: is given in parts")]
    [InlineData(""" "Token": { "ModulePath": "none.so", "TokenLabel": "t", "KeyLabel": "k", "PinFile": "eab.key" } """, "Token:ModulePath")]
    [InlineData(""" "Token": { "ModulePath": "ca.crt", "TokenLabel": "t", "KeyLabel": "a b", "PinFile": "eab.key" } """, "Token:KeyLabel")]
    [InlineData(""" "Token": { "ModulePath": "ca.crt", "TokenLabel": "012345678901234567890123456789012", "KeyLabel": "k", "PinFile": "eab.key" } """, "Token:TokenLabel")]
    [InlineData(""" "Token": { "ModulePath": "ca.crt", "TokenLabel": "t", "KeyLabel": "k", "PinFile": "open.key" } """, "Token:PinFile")]
    [InlineData(""" "RevocationUrl": "http://pki.example.org" """, "RevocationUrl is \"http://pki.example.org\": needs Certificates:HttpPort")]
    [InlineData(""" "HttpPort": 80, "RevocationUrl": "https://pki.example.org" """, "RevocationUrl")]
    [InlineData(""" "HttpPort": 80, "RevocationUrl": "pki.example.org" """, "RevocationUrl")]
    public void A_token_or_address_that_cannot_be_used_is_refused(string settings, string fault) => Refuses(settings, "Gateway:Certificates:" + fault);

    [Theory]
    [InlineData(""" "Token": { "ModulePath": "ca.crt", "TokenLabel": "t", "KeyLabel": "k", "PinFile": "eab.key" } """)]
    [InlineData(""" "HttpPort": 80, "RevocationUrl": "http://pki.example.org/" """)]
    public void A_token_and_an_address_that_can_be_used_are_taken(string settings) => Assert.Empty(Check(settings).Faults);

    [Fact]
    public void Two_servers_of_one_name_are_refused() =>
        Refuses($$"""  "Acme": [ { {{Server}} }, { {{Server}} } ] """, "Gateway:Certificates:Acme:1:Name is \"le\": is the name of another ACME server");

    void Refuses(string settings, string fault)
    {
        var told = Assert.Single(Check(settings).Faults).ToString();
        Assert.StartsWith(fault, told, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", told, StringComparison.Ordinal);
    }

    CheckedOptions Check(string certificates)
    {
        var json = $$"""{ "Gateway": { "Certificates": { {{certificates}} } } }""";
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        return GatewayOptionsCheck.Check(configuration.GetSection(GatewayOptions.Section), _folder.Root);
    }
}
