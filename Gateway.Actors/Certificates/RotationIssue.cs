using System.Globalization;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Certificates;

/// <summary>Has a source issue one version, judges what it made, and says the act that comes of it. Never throws but for its cancellation.</summary>
static class RotationIssue
{
    /// <summary>Longer than an ACME server takes with its challenges; a source that is still at it has hung.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    const int MostReason = 500;

    public static async Task<RegistryEvent> RunAsync(
        RotationParts parts, CertificateOrder order, CertificateProfile profile, uint generation, FailedRotation? failed, TimeSpan life,
        Func<string, Act> act, CancellationToken stopped)
    {
        var (problem, retryAt) = ("", (DateTimeOffset?)null);
        try
        {
            using var issued = await IssueAsync(parts, order, profile, stopped).ConfigureAwait(false);
            var opened = ChainCheck.Open(issued.Certificates, issued.PrivateKey, order.Names, order.Use, parts.Time.GetUtcNow(), out var fault);
            if (opened is not null)
            {
                opened.Certificate.Dispose();
                return new CertificateIssued
                {
                    Act = act(RotationActor.Id(order.Name, order.Version, "issued")),
                    Name = order.Name,
                    Version = order.Version,
                    Chain = issued.Certificates,
                    SealedKey = parts.Key.SealFor(order.Name, order.Version, issued.PrivateKey),
                    Generation = generation,
                };
            }

            problem = $"what was issued {fault}";
        }
        catch (CertificateSourceException e)
        {
            (problem, retryAt) = (e.Message, e.RetryAt);
        }
        catch (OperationCanceledException) when (!stopped.IsCancellationRequested)
        {
            problem = $"nothing was issued within {Patience.TotalMinutes:0} minutes";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever else a source does must not end the others' rotations.
            problem = $"the source failed ({e.GetType().Name})";
        }

        return Failed(order, problem, retryAt, failed, life, parts.Time.GetUtcNow(), act);
    }

    /// <summary>What the issuer says of a version's renewal; null when it does not, or cannot be asked.</summary>
    public static async Task<RenewalAdvice?> AdviseAsync(
        RotationParts parts, CertificateOrder order, CertificateProfile profile, CertificateVersion version, CancellationToken stopped)
    {
        if (parts.Source(profile.Source) is not { } source) return null;
        using var deadline = new CancellationTokenSource(Patience, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopped);
        return await source.AdviseAsync(order, version.Chain[0], either.Token).ConfigureAwait(false);
    }

    static async Task<IssuedChain> IssueAsync(RotationParts parts, CertificateOrder order, CertificateProfile profile, CancellationToken stopped)
    {
        var source = parts.Source(profile.Source) ?? throw new CertificateSourceException($"nobody issues certificates of source {profile.Source.ToString().ToLowerInvariant()} here");
        using var deadline = new CancellationTokenSource(Patience, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopped);
        var cancel = either.Token;
        // Away from the caller: a source may do all its work, in a token say, before it hands out its task.
        var issuing = Task.Run(() => source.IssueAsync(order, cancel), cancel);
        try
        {
            return await issuing.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = DiscardAsync(issuing);
            throw;
        }
    }

    // Nobody waits for it any more: its key must not stay.
    static async Task DiscardAsync(Task<IssuedChain> late)
    {
        try
        {
            (await late.ConfigureAwait(false)).Dispose();
        }
        catch (Exception) when (late.IsFaulted || late.IsCanceled)
        {
            // It came to nothing, which was told when its time was over.
        }
    }

    static RotationFailed Failed(
        CertificateOrder order, string problem, DateTimeOffset? retryAt, FailedRotation? before, TimeSpan life, DateTimeOffset now, Func<string, Act> act)
    {
        var attempt = before is { } failed && failed.Version == order.Version ? failed.Attempt + 1 : 1;
        var end = order.Replaces is { } active ? CertificateFacts.Of(active).NotAfter : (DateTimeOffset?)null;
        return new RotationFailed
        {
            Act = act(RotationActor.Id(order.Name, order.Version, string.Create(CultureInfo.InvariantCulture, $"failed/{attempt}/{UnixMicros.Of(now)}"))),
            Name = order.Name,
            Version = order.Version,
            Attempt = attempt,
            NextAttempt = UnixMicros.Of(RotationSchedule.NextAttempt(attempt, life, end, retryAt, now)),
            Reason = Printable(problem),
        };
    }

    static string Printable(string text) =>
        string.Concat((text.Length <= MostReason ? text : text[..MostReason] + "...").Select(c => char.IsControl(c) ? '?' : c));
}
