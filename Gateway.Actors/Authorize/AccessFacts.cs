namespace Gateway.Actors.Authorize;

/// <summary>What the cluster knows beside the rules of its connections, at one moment. Immutable.</summary>
public sealed record AccessFacts(IReadOnlyList<TemporaryGrant> Grants, IReadOnlyList<Revocation> Revocations)
{
    public static readonly AccessFacts None = new([], []);
}

/// <summary>The access facts as this node knows them now.</summary>
public interface IAccessFacts
{
    AccessFacts Current { get; }

    /// <summary>Calls, on any thread, after every change of <see cref="Current"/>, until disposed.</summary>
    IDisposable OnChange(Action changed);
}
