using Gateway.Actors.Registry;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>
/// The body of an apply: YAML documents and the public files they name. <paramref name="Mode"/> is <c>apply</c> (default), <c>add</c> or
/// <c>update</c>.
/// </summary>
public sealed record ApplyRequest(
    string? Documents, string? Name = null, IReadOnlyDictionary<string, string>? Files = null, string? Mode = null, bool DryRun = false,
    bool Prune = false, bool Terminate = false)
{
    /// <summary>Bytes of the whole body.</summary>
    public const int MostBytes = 2 * 1024 * 1024;

    const int LongestName = 200;

    /// <summary>The order, or null with the one sentence that says what is wrong.</summary>
    public ApplyOrder? Checked(out string fault)
    {
        fault = "The body must be JSON with the member documents, a YAML text; send it.";
        if (string.IsNullOrWhiteSpace(Documents)) return null;
        fault = $"The member name must be at most {LongestName} characters on one line; shorten it.";
        if (Name is { } name && (name.Length is 0 or > LongestName || name.Any(char.IsControl))) return null;
        fault = "The member mode must be apply, add or update; correct it.";
        if (!Enum.TryParse<ApplyMode>(Mode ?? "apply", ignoreCase: true, out var mode) || int.TryParse(Mode, out _)) return null;
        return new ApplyOrder
        {
            Documents = Documents,
            Name = Name ?? "documents",
            Files = Files ?? new Dictionary<string, string>(),
            Mode = mode,
            DryRun = DryRun,
            Prune = Prune,
            Terminate = Terminate,
        };
    }
}

/// <summary>What an apply did, or with <paramref name="DryRun"/> would do.</summary>
/// <param name="Revision">The registry's revision afterwards.</param>
/// <param name="DryRun">Nothing was done.</param>
/// <param name="Changes">One per connection, ordered by name.</param>
/// <param name="Terminated">Sessions that were ended.</param>
public sealed record ApplyView(long Revision, bool DryRun, IReadOnlyList<ChangeView> Changes, int Terminated)
{
    public static ApplyView Of(ChangeResult result, bool dryRun) =>
        new(result.Answer.Revision, dryRun, [.. result.Changes.Select(ChangeView.Of)], result.Terminated);
}

/// <summary>
/// <paramref name="Change"/> is <c>added</c>, <c>updated</c>, <c>removed</c> or <c>unchanged</c>; <paramref name="Kind"/> is <c>certificate</c> or
/// <c>policy</c> for one, and null for a connection.
/// </summary>
public sealed record ChangeView(string Name, string Change, string? Before, string? After, string? Kind = null)
{
    public static ChangeView Of(ConnectionChange change) =>
        new(change.Name, change.Word, change.Before, change.After, change.Kind is DocumentKind.Connection ? null : change.Kind.Word());
}

/// <summary>One connection with what only its own page shows. Everything registered is null for a connection of the node's file.</summary>
public sealed record ConnectionDetailView(ConnectionView Connection, string? Document, string? By, string? At, IReadOnlyList<NodeServing> Nodes);

/// <summary>A registered secret, without the secret.</summary>
public sealed record SecretView(string Name, long Revision, string By, string At)
{
    public static SecretView Of(RegisteredSecret secret) =>
        new(secret.Name, secret.Revision, $"{secret.By.Who} ({secret.By.Issuer})", JournalTime.Write(secret.By.At));
}

/// <summary>What a change led to: the registry's revision.</summary>
public sealed record RevisionView(long Revision, bool Changed);
