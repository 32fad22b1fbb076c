namespace Gateway.Actors.Identify.Saml;

/// <summary>
/// What may be used once, for the whole cluster: a node that takes it knows that no other has. Throws what the database throws; who cannot
/// know refuses.
/// </summary>
public interface ILoginStore
{
    /// <summary>True for the first who asks, false for everybody after; remembered at least until then.</summary>
    Task<bool> SpendAsync(string id, DateTimeOffset until, CancellationToken cancel);

    /// <summary>Keeps something for whoever takes it before then.</summary>
    Task KeepAsync(string id, string content, DateTimeOffset until, CancellationToken cancel);

    /// <summary>What was kept, for the first who asks; null for everybody after, and when its time is over.</summary>
    Task<string?> TakeAsync(string id, CancellationToken cancel);
}
