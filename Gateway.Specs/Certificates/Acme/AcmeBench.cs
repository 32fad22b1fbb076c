using System.Collections.Concurrent;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Connections;

namespace Gateway.Specs.Certificates.Acme;

/// <summary>Accounts in memory, and what was kept of them in order.</summary>
sealed class HeldAccounts : IAcmeAccounts
{
    public ConcurrentQueue<AcmeAccount> Kept { get; } = new();

    public AcmeAccount? Current { get; set; }

    /// <summary>What is not kept, because another node was there before.</summary>
    public Func<AcmeAccount, bool> IsLate { get; set; } = static _ => false;

    public Task<AcmeAccount?> FindAsync(string issuer, CancellationToken cancel) => Task.FromResult(Current);

    public Task KeepAsync(string issuer, AcmeAccount account, CancellationToken cancel)
    {
        if (IsLate(account)) throw new AcmeException("another node changed the account");
        Kept.Enqueue(account);
        Current = account;
        return Task.CompletedTask;
    }
}

/// <summary>A cluster of one node.</summary>
sealed class OwnAnswers(PendingChallenges challenges) : IChallengeAnswers
{
    public ConcurrentQueue<PendingChallenge> Offered { get; } = new();

    public ConcurrentQueue<PendingChallenge> Withdrawn { get; } = new();

    public Task OfferAsync(PendingChallenge challenge, CancellationToken cancel)
    {
        Offered.Enqueue(challenge);
        return challenges.TryAdd(challenge) ? Task.CompletedTask : throw new AcmeException("the challenge is not taken");
    }

    public void Withdraw(PendingChallenge challenge)
    {
        Withdrawn.Enqueue(challenge);
        challenges.Remove(challenge.Kind, challenge.Token);
    }
}

static class AcmeOrders
{
    public static CertificateOrder For(params string[] names) => new()
    {
        Name = "edge",
        Version = 1,
        Names = names,
        Use = CertificateUse.Server,
        Lifetime = TimeSpan.FromHours(24),
        Issuer = "pebble",
    };
}
