namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>What the cluster's keys seal.</summary>
/// <param name="Newest">The identifier of the key that seals: the first of the answering node's file.</param>
/// <param name="Keys">Each key of that file, and each other one that sealed something.</param>
public sealed record ClusterKeyView(string Newest, IReadOnlyList<SealedByView> Keys);

/// <summary>What one key seals.</summary>
/// <param name="Key">Its identifier, hex.</param>
/// <param name="State"><c>newest</c>, <c>older</c>, or <c>unknown</c>: not in the node's file.</param>
/// <param name="Secrets">Registered secrets.</param>
/// <param name="Keys">Private keys of certificates and authorities, and accounts at ACME servers.</param>
/// <param name="Recordings">Keys of recordings.</param>
public sealed record SealedByView(string Key, string State, int Secrets, int Keys, long Recordings);

/// <summary>What was sealed again.</summary>
/// <param name="Key">With this key.</param>
/// <param name="Registry">So much of the registry.</param>
/// <param name="Recordings">Keys of so many recordings.</param>
/// <param name="Unopened">So much was sealed with a key that is not in the node's file, and stays as it is.</param>
/// <param name="Next">There may be more recordings: ask again, for those after this session. Null at the end.</param>
public sealed record ResealView(string Key, int Registry, int Recordings, int Unopened, string? Next);
