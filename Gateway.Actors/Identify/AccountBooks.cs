using System.Runtime.CompilerServices;
using Gateway.Actors.Connections;
using Gateway.Protocols.Sasl;

namespace Gateway.Actors.Identify;

/// <summary>Answers by what a client's proof as an account is to be judged.</summary>
public interface IAccounts
{
    Task<AccountAnswer> FindAsync(ConnectionProfile profile, AccountQuestion question, CancellationToken cancel);
}

/// <summary>
/// The accounts of connections, whose verifiers are read again when a login needs them, so that a changed file or registered secret is enough; but at
/// most once in a second, whoever tries whatever names. Safe for use from several threads.
/// </summary>
/// <param name="open">Reads a secret.</param>
/// <param name="key">What the verifiers of names that nobody has are made of: a secret that all nodes have.</param>
/// <param name="time">The clock.</param>
public sealed class AccountBooks(Func<SecretPlace, CancellationToken, Task<Verdict<string>>> open, byte[] key, TimeProvider time) : IAccounts
{
    /// <summary>What the key is derived for, from the cluster's.</summary>
    public const string What = "gateway.accounts.1";

    static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);

    /// <summary>All of a connection's secrets together, whoever still waits for them. Origin: well below the time a client has for its login.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>By the profile itself: that of a connection that was changed or is gone is forgotten with its sessions.</summary>
    readonly ConditionalWeakTable<ConnectionProfile, Page> _pages = [];

    public async Task<AccountAnswer> FindAsync(ConnectionProfile profile, AccountQuestion question, CancellationToken cancel)
    {
        var book = await _pages.GetOrCreateValue(profile).Open(() => ReadAsync(profile), time).WaitAsync(cancel).ConfigureAwait(false);
        return book.Answer(question);
    }

    async Task<AccountBook> ReadAsync(ConnectionProfile profile)
    {
        using var deadline = new CancellationTokenSource(s_patience, time);
        var read = new List<(ServiceAccount, Verdict<string>)>();
        foreach (var account in profile.Access.Accounts) read.Add((account, await open(account.Verifier, deadline.Token).ConfigureAwait(false)));
        return new AccountBook(profile.Name, read, key);
    }

    sealed class Page
    {
        readonly Lock _lock = new();
        Task<AccountBook>? _book;
        long _opened;

        public Task<AccountBook> Open(Func<Task<AccountBook>> read, TimeProvider time)
        {
            lock (_lock)
            {
                if (_book is { IsFaulted: false, IsCanceled: false } book && time.GetElapsedTime(_opened) < s_fresh) return book;
                _opened = time.GetTimestamp();
                return _book = read();
            }
        }
    }
}
