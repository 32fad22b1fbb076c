using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Hyperion;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>
/// Lets Hyperion write and load the types of <see cref="ClusterMessages"/> and no others. It is asked before a name is resolved, so that a
/// name from the network loads nothing. Names are compared whole: no generic type is listed, hence none is loaded, whatever its arguments
/// are.
/// </summary>
sealed partial class ClusterTypeFilter(IEnumerable<Type> types) : ITypeFilter
{
    readonly FrozenSet<string> _names = types.Select(t => Plain(t.AssemblyQualifiedName!)).ToFrozenSet(StringComparer.Ordinal);

    public bool IsAllowed(string typeName) => _names.Contains(Plain(typeName));

    // Hyperion asks with the full name when it writes and with a short one when it reads; its own filter takes them for different types.
    static string Plain(string typeName) => AssemblyDetails().Replace(typeName, "");

    [GeneratedRegex(@", Version=[\d.]+|, Culture=[^,\]]+|, PublicKeyToken=(null|[\da-f]+)", RegexOptions.CultureInvariant)]
    private static partial Regex AssemblyDetails();
}
