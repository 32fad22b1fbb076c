using Duende.IdentityModel.Client;

namespace Gateway.Cli.Login;

/// <summary>A person logs in at an OpenID Connect issuer, with the browser of this machine or that of any other.</summary>
sealed class PersonLogin(IssuerClient issuer, CliOutput output, TimeProvider time)
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>RFC 8628 section 3.2: what counts when the issuer names no interval, and what slow_down adds.</summary>
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    /// <summary>Authorization code with PKCE, back to a port on loopback.</summary>
    public async Task<StoredLogin> ByBrowserAsync(bool open, CancellationToken cancel)
    {
        await using var listener = await LoopbackListener.StartAsync(cancel);
        var asked = Authorization.New(listener.Redirect);
        var address = await issuer.AuthorizationAsync(asked, cancel);
        output.Show(address, open);
        var called = await listener.CalledAsync(asked.State, s_patience, time, cancel);
        await RequireIssuerAsync(called, cancel);
        if (called.Code is { } code) return await issuer.RedeemAsync(code, asked, cancel);
        throw new CommandException(
            ExitCode.Refused, $"the issuer did not log you in ({Printable.Text(called.Error ?? "it gave no code")}); run gateway login again");
    }

    /// <summary>Device code: the person types a short code into a browser anywhere.</summary>
    public async Task<StoredLogin> ByDeviceAsync(CancellationToken cancel)
    {
        var begun = await issuer.BeginDeviceAsync(cancel);
        if (begun.DeviceCode is not { } code || begun.VerificationUri is not { } address)
            throw new CommandException(ExitCode.Failed, "the issuer gave no device code; log in without --device");
        output.Say($"Open {Printable.Text(address)} in a browser and enter the code {Printable.Text(begun.UserCode ?? "")}");
        if (begun.VerificationUriComplete is { } complete) output.Say($"or open {Printable.Text(complete)}");
        return await PollAsync(begun, code, cancel);
    }

    async Task<StoredLogin> PollAsync(DeviceAuthorizationResponse begun, string code, CancellationToken cancel)
    {
        var interval = begun.Interval > 0 ? TimeSpan.FromSeconds(begun.Interval) : s_interval;
        var lasts = TimeSpan.FromSeconds(begun.ExpiresIn ?? 300);
        var until = time.GetUtcNow() + (lasts < TimeSpan.FromMinutes(30) ? lasts : TimeSpan.FromMinutes(30));
        while (time.GetUtcNow() + interval < until)
        {
            await Task.Delay(interval, time, cancel);
            if (await issuer.PollDeviceAsync(code, () => interval += s_interval, cancel) is { } login) return login;
        }

        throw new CommandException(ExitCode.Refused, "the code was not entered in time; run gateway login again");
    }

    // RFC 9207 section 2.4: an answer that says which issuer it is from must be from ours, and it must say so where the issuer promised it.
    async Task RequireIssuerAsync(Callback called, CancellationToken cancel)
    {
        var discovered = await issuer.DiscoverAsync(cancel);
        var isPromised = discovered.AuthorizationResponseIssParameterSupported == true;
        if (called.Issuer is null ? isPromised : called.Issuer != discovered.Issuer)
            throw new CommandException(ExitCode.Refused, "the browser came back from another issuer; run gateway login again");
    }
}
