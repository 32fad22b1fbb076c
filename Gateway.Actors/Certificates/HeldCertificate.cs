using System.Collections.Immutable;
using System.Net.Security;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;

namespace Gateway.Actors.Certificates;

/// <summary>A version as one node holds it; without a context there is a problem, the middle of a sentence about the certificate.</summary>
public sealed record HeldVersion(uint Number, SslStreamCertificateContext? Context, CertificateFacts? Facts, long IssuedAt, string Problem)
{
    /// <summary>How near its end is; expired when it cannot be used at all.</summary>
    public ExpiryAlarm Alarm(DateTimeOffset now) => Facts is null
        ? ExpiryAlarm.Expired
        : RotationSchedule.Alarm(DateTimeOffset.UnixEpoch.AddMicroseconds(IssuedAt), Facts.NotAfter, now);

    public bool IsGood(DateTimeOffset now) => Context is not null && Facts!.NotBefore <= now && now < Facts.NotAfter;
}

/// <summary>A managed certificate as one node holds it. Immutable.</summary>
/// <param name="Of">As the registry has it.</param>
/// <param name="Profile">What its declaration says; null when this node cannot read it.</param>
/// <param name="Versions">Those that are not retired, oldest first.</param>
public sealed record HeldCertificate(ManagedCertificate Of, CertificateProfile? Profile, ImmutableArray<HeldVersion> Versions)
{
    public string Name => Of.Name;

    /// <summary>For a certificate in files of this node.</summary>
    internal WatchedFiles Files { get; init; } = WatchedFiles.None;

    public bool IsOfFiles => Profile is { Source: CertificateOrigin.Files };

    /// <summary>What is wrong with its files as they are now, as the middle of a sentence; empty for nothing.</summary>
    public string FileProblem => IsOfFiles ? Files.Problem : "";

    /// <summary>
    /// What handshakes are shown: the newest active version, or else, when that one is over or cannot be used here, the newest that is good. Null: nothing.
    /// </summary>
    public HeldVersion? Presented(DateTimeOffset now)
    {
        if (IsOfFiles) return Files.Good?.IsGood(now) == true ? Files.Good : null;
        if (Of.Active is not { } active) return null;
        var current = Versions.FirstOrDefault(v => v.Number == active.Number);
        return current?.IsGood(now) == true ? current : Versions.LastOrDefault(v => v.IsGood(now));
    }

    /// <summary>Why nothing is presented, as the middle of a sentence.</summary>
    public string Trouble(DateTimeOffset now)
    {
        if (IsOfFiles) return FileTrouble(now);
        if (Of.Newest is null) return Of.Failed is { } failed ? $"was never issued: {failed.Reason}" : "is not issued yet";
        if (Of.Active is not { } active) return "is not held by every node yet";
        var held = Versions.FirstOrDefault(v => v.Number == active.Number);
        if (held is { Context: null }) return held.Problem;
        if (held is not { Facts: { } facts }) return "is not valid";
        return facts.NotAfter <= now ? $"expired at {facts.NotAfter:u}" : $"ends at {facts.NotAfter:u} and nothing is there to take its place";
    }

    string FileTrouble(DateTimeOffset now)
    {
        if (Files.Problem.Length > 0) return Files.Problem;
        if (Files.Good is not { Facts: { } facts }) return "was not taken from its files yet";
        return facts.NotAfter <= now ? $"expired at {facts.NotAfter:u}; renew its files" : $"ends at {facts.NotAfter:u}; renew its files";
    }
}
