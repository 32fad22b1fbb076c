using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Gateway.Specs.Support;

/// <summary>A browser without a screen: follows redirects, keeps cookies, fills in the one form of a page and sends it.</summary>
sealed partial class LoginPages : IDisposable
{
    readonly HttpClient _http;
    readonly string _user;

    public LoginPages(string user, params X509Certificate2[] authorities)
    {
        _user = user;
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(authorities);
        _http = new HttpClient(new SocketsHttpHandler
        {
            // Redirects from https to a loopback port over http are followed here, which .NET does not do by itself.
            AllowAutoRedirect = false,
            CookieContainer = new CookieContainer(),
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
        });
    }

    /// <summary>Walks from page to page until one has no form; returns its text.</summary>
    public async Task<string> WalkAsync(Uri address)
    {
        var (at, page) = await FollowAsync(address, null);
        for (var steps = 0; steps < 10; steps++)
        {
            if (Form().Match(page) is not { Success: true } form) return page;
            var action = new Uri(at, WebUtility.HtmlDecode(form.Groups["action"].Value));
            (at, page) = await FollowAsync(action, new FormUrlEncodedContent(Fields(page)));
        }

        throw new InvalidOperationException($"still a form at {at}: {page}");
    }

    public void Dispose() => _http.Dispose();

    Dictionary<string, string> Fields(string page)
    {
        var fields = new Dictionary<string, string>();
        foreach (Match input in Input().Matches(page))
        {
            if (Name().Match(input.Value) is not { Success: true } name) continue;
            fields[name.Groups[1].Value] = WebUtility.HtmlDecode(Value().Match(input.Value).Groups[1].Value);
        }

        if (page.Contains("name=\"login\"", StringComparison.Ordinal)) (fields["login"], fields["password"]) = (_user, "any");
        return fields;
    }

    async Task<(Uri At, string Page)> FollowAsync(Uri address, HttpContent? form)
    {
        for (var hops = 0; hops < 10; hops++)
        {
            using var request = new HttpRequestMessage(form is null ? HttpMethod.Get : HttpMethod.Post, address) { Content = form };
            using var answer = await _http.SendAsync(request);
            if (answer.Headers.Location is not { } location) return (address, await answer.Content.ReadAsStringAsync());
            (address, form) = (new Uri(address, location), null);
        }

        throw new InvalidOperationException($"too many redirects, now to {address}");
    }

    [GeneratedRegex("<form[^>]*action=\"(?<action>[^\"]*)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Form();

    [GeneratedRegex("<input[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex Input();

    [GeneratedRegex("name=\"([^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("value=\"([^\"]*)\"")]
    private static partial Regex Value();
}
