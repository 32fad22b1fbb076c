using System.Text.Json;

namespace Gateway.Cli.Login;

/// <summary>The logins of this user, in <c>tokens.json</c> of the <see cref="PrivateDirectory"/>.</summary>
public sealed class TokenStore(PrivateDirectory directory, TimeProvider time)
{
    const string FileName = "tokens.json";

    /// <summary>Longer than a refresh can take.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public StoredLogin? Find(string target) => Load().FirstOrDefault(login => login.For == target);

    public async Task SaveAsync(StoredLogin login, CancellationToken cancel)
    {
        using var alone = await LockAsync(cancel);
        Replace(login);
    }

    /// <summary>Forgets a login and returns it; null when there was none.</summary>
    public async Task<StoredLogin?> RemoveAsync(string target, CancellationToken cancel)
    {
        if (Find(target) is null) return null;
        using var alone = await LockAsync(cancel);
        var (logins, removed) = (Load(), Find(target));
        Save([.. logins.Where(login => login.For != target)]);
        return removed;
    }

    /// <summary>
    /// The login, renewed if it is due. Of several commands that find it due only the first one renews it: a refresh token is often good
    /// for one use, and using it twice is taken for theft (RFC 9700 section 4.14.2).
    /// </summary>
    public async Task<StoredLogin?> FreshAsync(
        string target, Func<StoredLogin, CancellationToken, Task<StoredLogin>> renew, CancellationToken cancel)
    {
        if (Find(target) is not { } found || !found.IsDue(time.GetUtcNow())) return Find(target);
        using var alone = await LockAsync(cancel);
        if (Find(target) is not { } login || !login.IsDue(time.GetUtcNow())) return Find(target);
        var renewed = await renew(login, cancel);
        Replace(renewed);
        return renewed;
    }

    Task<IDisposable> LockAsync(CancellationToken cancel) => directory.LockAsync("tokens.lock", s_patience, time, cancel);

    void Replace(StoredLogin login) => Save([.. Load().Where(other => other.For != login.For), login]);

    IReadOnlyList<StoredLogin> Load()
    {
        if (directory.Read(FileName) is not { } text) return [];
        try
        {
            if (JsonSerializer.Deserialize(text, StoredLoginJson.Default.StoredLogins) is { Version: StoredLogins.CurrentVersion } stored)
                return stored.Logins;
        }
        catch (JsonException)
        {
            // Told below, without the text.
        }

        throw new CommandException(ExitCode.Failed, $"{Printable.Text(directory.PathOf(FileName))} cannot be read by this version; move it away and log in again");
    }

    void Save(IReadOnlyList<StoredLogin> logins) =>
        directory.Write(FileName, JsonSerializer.Serialize(new(StoredLogins.CurrentVersion, logins), StoredLoginJson.Default.StoredLogins));
}
