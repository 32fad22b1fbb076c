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

    public Task<AcmeAccount?> FindAsync(string issuer, CancellationToken cancel) => Task.FromResult(Current);

    public Task KeepAsync(string issuer, AcmeAccount account, CancellationToken cancel)
    {
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
