using System.Net.Http.Json;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Login;

/// <summary>
/// A person logs in at a SAML provider, through the node: the browser goes from the node to the provider and back, and brings a code to a
/// loopback port here, which the node gives a token for (never in an address).
/// </summary>
sealed class SamlLogin(AdminClient node, string target, CliOutput output, TimeProvider time)
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    public async Task<StoredLogin> ByBrowserAsync(string provider, bool open, CancellationToken cancel)
    {
        var providers = (await node.GetAsync("/v1/login", AdminJson.Default.LoginView, cancel)).Saml;
        var chosen = providers.FirstOrDefault(p => p.Name == provider) ?? throw new CommandException(
            ExitCode.Usage, $"the node has no SAML provider {Printable.Text(provider)}; it has {Names(providers)}");
        await using var listener = await LoopbackListener.StartAsync(cancel);
        var asked = Authorization.New(listener.Redirect);
        var address = new Uri($"{chosen.Login}?port={listener.Port}&challenge={asked.Challenge}&state={asked.State}");
        if (address.Scheme != Uri.UriSchemeHttps) throw new CommandException(ExitCode.Failed, "the node sends people to an address that is not https");
        output.Show(address, open);
        var called = await listener.CalledAsync(asked.State, s_patience, time, cancel);
        if (called.Code is not { } code)
            throw new CommandException(ExitCode.Refused, $"you are not logged in: {Printable.Text(called.Error ?? "no code came back")}; the node's log says more");
        return Login(provider, await RedeemAsync(provider, code, asked.Verifier, cancel));
    }

    async Task<OwnTokenView> RedeemAsync(string provider, string code, string verifier, CancellationToken cancel)
    {
        var body = JsonContent.Create(new SamlRedemption(code, verifier), AdminRequestJson.Default.SamlRedemption);
        return await node.PostAsync($"/saml/{Uri.EscapeDataString(provider)}/token", body, AdminJson.Default.OwnTokenView, cancel)
            ?? throw new CommandException(ExitCode.Failed, "the node does not know the login any more; run gateway login again");
    }

    StoredLogin Login(string provider, OwnTokenView token) => new()
    {
        For = target,
        Kind = LoginKind.Saml,
        Issuer = provider,
        AccessToken = token.AccessToken,
        Obtained = time.GetUtcNow(),
        Expires = token.Expires,
    };

    static string Names(IReadOnlyList<LoginSamlView> providers) =>
        providers.Count == 0 ? "none" : string.Join(", ", providers.Select(p => Printable.Text(p.Name)));
}
