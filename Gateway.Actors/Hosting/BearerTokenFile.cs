namespace Gateway.Actors.Hosting;

/// <summary>The file of a token that a server outside is shown.</summary>
public static class BearerTokenFile
{
    const int Longest = 4096;

    /// <summary>The token; null where the file holds none.</summary>
    public static string? Read(string file) =>
        SecretLines.Read(file) is [var token] && token.Length <= Longest && token.All(c => c is > ' ' and <= '~') ? token : null;

    /// <param name="setting">The setting that names the file.</param>
    /// <param name="file">Null: none.</param>
    /// <param name="report">Is told what is wrong with it.</param>
    internal static void Check(string setting, string? file, OptionReport report)
    {
        if (file is null) return;
        if (ConfiguredFiles.NotSecret(file) is { } problem) report.File(setting, problem);
        else if (Read(file) is null) report.Add(setting, $"{file} holds no bearer token", $"put one line of at most {Longest} visible ASCII characters there");
    }
}
