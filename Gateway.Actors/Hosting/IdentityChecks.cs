using Gateway.Actors.Identify;

namespace Gateway.Actors.Hosting;

/// <summary>The issuers of tokens.</summary>
static class IdentityChecks
{
    // RFC 7518 section 3.1 and RFC 8037, without the symmetric ones: a shared secret would let every verifier issue tokens.
    static readonly string[] s_asymmetric = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    public static void Check(GatewayOptions options, OptionReport report)
    {
        for (var i = 0; i < options.Issuers.Count; i++)
        {
            Issuer(options.Issuers[i], $"Issuers:{i}", report);
            var name = options.Issuers[i].Name;
            if (name.Length > 0 && options.Issuers.Take(i).Any(other => other.Name == name))
                report.Add($"Issuers:{i}:Name", "is the name of another issuer", "give every issuer a name of its own");
        }
    }

    static void Issuer(IssuerOptions issuer, string at, OptionReport report)
    {
        report.Require(
            NodeChecks.IsPlainName(issuer.Name), $"{at}:Name", "must be 1 to 64 letters, digits, dashes, dots or underscores",
            "give the issuer the name that connections use");
        // Hidden: a URL of the wrong form may hold a password.
        if (!IsHttps(issuer.Authority))
            report.AddHidden($"{at}:Authority", "must be an https URL without query or fragment", "write it like https://login.example.org/realms/main");
        report.Require(!string.IsNullOrWhiteSpace(issuer.Audience), $"{at}:Audience", "is empty", "give the aud claim that tokens for this gateway carry");
        report.Require(ClaimPath.IsValid(issuer.NameClaim), $"{at}:NameClaim", "is no claim", "name the claim that names the subject, such as sub");
        report.Require(
            ClaimPath.IsValid(issuer.GroupsClaim), $"{at}:GroupsClaim", "is no claim", "name the claim that lists groups, such as groups or /realm_access/roles");
        report.Require(
            issuer.ClockSkew >= TimeSpan.Zero && issuer.ClockSkew <= TimeSpan.FromMinutes(5), $"{at}:ClockSkew", "must be between 0s and 5m", Durations.Examples);
        Algorithms(issuer.Algorithms, at, report);
        CommandLine(issuer, at, report);
        if (issuer.AuthoritiesFile is { } bundle) StorageChecks.Bundle($"{at}:AuthoritiesFile", bundle, report);
    }

    static void Algorithms(IReadOnlyList<string> algorithms, string at, OptionReport report)
    {
        report.Require(algorithms.Count > 0, $"{at}:Algorithms", "is empty", "name at least one, such as ES256");
        for (var i = 0; i < algorithms.Count; i++)
        {
            report.Require(
                s_asymmetric.Contains(algorithms[i]), $"{at}:Algorithms:{i}", "is not an asymmetric signature algorithm",
                $"use some of {string.Join(", ", s_asymmetric)}");
        }
    }

    // RFC 6749 appendix A: visible ASCII, and a list of scopes has spaces between them.
    static void CommandLine(IssuerOptions issuer, string at, OptionReport report)
    {
        report.Require(
            issuer.CliClientId is not { } id || (id.Length <= 255 && id.All(c => c is > ' ' and <= '~')), $"{at}:CliClientId",
            "must be 1 to 255 visible ASCII characters", "give the id of the client that the issuer has for gateway login");
        report.Require(
            issuer.CliScope.Length <= 1024 && issuer.CliScope.All(c => c is >= ' ' and <= '~'), $"{at}:CliScope",
            "must be at most 1024 ASCII characters", "write scopes like openid offline_access");
        report.Require(
            issuer.CliResource is not { } resource || Uri.TryCreate(resource, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0,
            $"{at}:CliResource", "must be an absolute URI without fragment", "write it as the issuer knows this gateway, like urn:gateway");
    }

    internal static bool IsHttps(string authority) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url is { Query: "", Fragment: "", UserInfo: "" };
}
