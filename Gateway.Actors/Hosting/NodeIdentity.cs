using Gateway.Actors.Sessions;

namespace Gateway.Actors.Hosting;

/// <summary>Who this node process is. Every member publishes it as cluster roles, so that gossip alone tells who everybody is.</summary>
/// <param name="Key">Unique to this process: a restarted node is another one. Holds no dash (see <see cref="SessionIds"/>).</param>
/// <param name="Name">What operators call the node.</param>
public sealed record NodeIdentity(string Key, string Name)
{
    public const string GatewayRole = "gateway";

    public const string KeyPrefix = "key.";

    public const string NamePrefix = "name.";

    const int NameLettersInKey = 20;

    const int RandomLettersInKey = 8;

    /// <summary>The roles this node joins the cluster with.</summary>
    public IReadOnlyList<string> Roles => [GatewayRole, KeyPrefix + Key, NamePrefix + Name];

    /// <summary>A new identity for a process that begins now.</summary>
    public static NodeIdentity New(string name)
    {
        var readable = string.Concat(name.Take(NameLettersInKey).Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '.'));
        return new($"{readable}.{Base32.Random(RandomLettersInKey).ToLowerInvariant()}", name);
    }
}
