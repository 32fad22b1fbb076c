using System.Diagnostics;

namespace Gateway.Cli.Login;

/// <summary>The stored logins, and how each is renewed. Null answers mean that there is no login for that node or issuer.</summary>
public sealed class Logins(PrivateDirectory directory, TimeProvider time)
{
    public TokenStore Store { get; } = new(directory, time);

    public StoredCertificates Certificates { get; } = new(directory, time);

    /// <summary>A token that is still good for a while. Throws <see cref="CommandException"/> when the login cannot be renewed.</summary>
    public async Task<string?> TokenAsync(string target, CancellationToken cancel) =>
        (await Store.FreshAsync(target, RenewAsync, cancel))?.AccessToken;

    /// <summary>Forgets the login, here and at its issuer; null when there was none.</summary>
    public async Task<(StoredLogin Login, bool IsRevoked)?> ForgetAsync(string target, CancellationToken cancel)
    {
        if (await Store.RemoveAsync(target, cancel) is not { } login) return null;
        if (login is not { Kind: LoginKind.Person, RefreshToken: { } refresh }) return (login, true);
        using var issuer = new IssuerClient(IssuerSettings.Of(login), time);
        try
        {
            return (login, await issuer.RevokeAsync(refresh, cancel));
        }
        catch (CommandException)
        {
            return (login, false);
        }
    }

    internal async Task<StoredLogin> ServiceAsync(IssuerSettings settings, string secretFile, CancellationToken cancel)
    {
        using var issuer = new IssuerClient(settings, time);
        return await issuer.ServiceAsync(SecretFile.Read(secretFile), secretFile, cancel);
    }

    Task<StoredLogin> RenewAsync(StoredLogin login, CancellationToken cancel) => login.Kind switch
    {
        LoginKind.Person => RefreshAsync(login, cancel),
        LoginKind.Service => ServiceAsync(IssuerSettings.Of(login), login.ClientSecretFile ?? throw new UnreachableException(), cancel),
        _ => Unrenewed(login, $"run gateway login --saml {Printable.Text(login.Issuer)} again"),
    };

    async Task<StoredLogin> RefreshAsync(StoredLogin login, CancellationToken cancel)
    {
        if (login.RefreshToken is not { } refresh) return await Unrenewed(login, "run gateway login again; with the scope offline_access it would last");
        using var issuer = new IssuerClient(IssuerSettings.Of(login), time);
        return await issuer.RefreshAsync(refresh, cancel);
    }

    // What cannot be renewed is used to its end.
    Task<StoredLogin> Unrenewed(StoredLogin login, string remedy) => time.GetUtcNow() < login.Expires
        ? Task.FromResult(login)
        : throw new CommandException(ExitCode.Refused, $"your login for {Printable.Text(login.For)} has expired; {remedy}");
}
