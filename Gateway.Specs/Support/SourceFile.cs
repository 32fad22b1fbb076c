using System.Text.RegularExpressions;

namespace Gateway.Specs.Support;

/// <summary>One source file of the working copy, as the architecture specs read it.</summary>
public sealed partial class SourceFile
{
    SourceFile(string path)
    {
        Path = System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');
        Text = File.ReadAllText(path);
        Code = Comments().Replace(Text, "");
    }

    /// <summary>Relative to the repository, with slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>Without comments: a reference in documentation is no dependency. Texts keep what looks like a comment in them.</summary>
    public string Code { get; }

    /// <summary>The namespaces that are used by directive.</summary>
    public IEnumerable<string> Usings => UsingDirectives().Matches(Code).Select(m => m.Groups[1].Value);

    /// <summary>The types that are declared here, nested ones included.</summary>
    public IEnumerable<string> DeclaredTypes => Declarations().Matches(Code).Select(m => m.Groups[1].Value);

    /// <summary>
    /// Whether the type is named here, by its full name or after a using directive. Members of the same name are not mistaken for it.
    /// </summary>
    public bool UsesType(string space, string type) =>
        Code.Contains($"{space}.{type}", StringComparison.Ordinal)
        || (Usings.Contains(space) && Regex.IsMatch(Code, $@"(?<!\.)\b{type}\b"));

    /// <summary>The sources of a project, or of a folder in it.</summary>
    public static IReadOnlyList<SourceFile> Under(string folder) =>
    [
        .. Directory.EnumerateFiles(Repository.File(folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !BuildOutput().IsMatch(path)).Order(StringComparer.Ordinal).Select(path => new SourceFile(path)),
    ];

    public override string ToString() => Path;

    [GeneratedRegex(@"^\s*//.*$|(?<=[;{})]\s*)//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^using (?:static |\w+ = )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingDirectives();

    [GeneratedRegex(@"\b(?:class|record struct|record|struct|interface|enum) ([A-Z]\w*)\b(?=[^;""]*[({;:<\r\n])")]
    private static partial Regex Declarations();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex BuildOutput();
}
