using Gateway.Actors.Hosting;

namespace Gateway.Actors.Connections;

/// <summary>Reads where a secret is: a file, a variable of the environment, or the registry.</summary>
sealed class SecretReader(ConnectionFiles files)
{
    static readonly string[] s_places = ["File", "Environment", "Secret"];

    /// <summary>Null where none of the three fields is given, or what is given cannot be used.</summary>
    /// <param name="fields">The mapping.</param>
    /// <param name="of">What the fields' names begin with, such as <c>password</c>.</param>
    public SecretPlace? Read(YamlFields fields, string of)
    {
        var (file, environment, registered) = ($"{of}File", $"{of}Environment", $"{of}Secret");
        var given = s_places.Select(place => of + place).Where(fields.Has).ToArray();
        if (given.Length == 0) return null;
        if (given.Length > 1) fields.Fault(given[1], $"is given together with {given[0]}", "keep one of them");
        var variable = fields.Text(environment);
        if (variable is not null) fields.Report(environment, Unfit(variable));
        var secret = fields.Text(registered);
        fields.Require(secret is null || ConnectionReader.IsPlainName(secret), registered, ConnectionReader.NameRule, "correct the name");
        return new(fields.Secret(file, files), variable, secret);
    }

    /// <summary>Whether any of the three is given, one that cannot be used or not.</summary>
    public static bool IsGiven(YamlFields fields, string of) => s_places.Any(place => fields.Has(of + place));

    FileProblem? Unfit(string variable) => variable.Length <= 128 && variable.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        ? files.ForbiddenVariable(variable)
        : new("is no name of a variable", "use letters, digits and underscores");
}
