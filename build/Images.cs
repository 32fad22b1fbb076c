namespace Gateway.Build;

/// <summary>The images of deploy/images, built by the first builder that works here, and tried as deploy/compose starts them.</summary>
static class Images
{
    const string Folder = "deploy/images";

    /// <summary>The spec reads it: which engine runs them. Without it it is skipped.</summary>
    const string Engine = "GATEWAY_IMAGES";

    static readonly string[] s_builders = ["docker", "podman", "buildah"];
    static readonly string[] s_targets = ["node", "lighthouse", "cli"];

    public static async Task<int> Run(bool debianBases, bool isTried, CancellationToken cancel)
    {
        if (await BuilderAsync(cancel) is not { } builder)
            return Fail($"Nothing here builds images: none of {string.Join(", ", s_builders)} is installed and answers.");
        if (isTried && builder == "buildah") return Fail("buildah builds images and does not run them as an engine does: --try wants docker or podman.");

        IReadOnlyDictionary<string, string> bases = debianBases ? await DebianBases.MakeAsync(builder, cancel) : new Dictionary<string, string>();
        foreach (var target in s_targets)
        {
            var code = await Shell.Run(builder, Build(builder, target, bases), cancel);
            if (code != 0) return code;
        }

        if (!isTried) return 0;
        return await LongSpecs.Run(
            DebianPackages.ForSpecs, "the images cannot be tried", (Engine, builder), "Deploy.BuiltImagesSpec.", "images/tried.txt", cancel);
    }

    // Docker finds the file of what is not given to it by its name, and builds what all targets share but once; the others are told.
    static IEnumerable<string> Build(string builder, string target, IReadOnlyDictionary<string, string> bases) =>
    [
        "build", "-f", $"{Folder}/Dockerfile",
        .. builder == "docker" ? Array.Empty<string>() : ["--layers", "--ignorefile", $"{Folder}/Dockerfile.dockerignore"],
        .. bases.SelectMany(b => (string[])["--build-arg", $"{b.Key}={b.Value}"]), "--target", target, "-t", $"gateway-{target}", ".",
    ];

    // A client without its daemon is as good as none.
    static async Task<string?> BuilderAsync(CancellationToken cancel)
    {
        foreach (var builder in s_builders)
        {
            if (new Needed(builder, builder).IsThere() && await Shell.Run(builder, ["version"], cancel) == 0) return builder;
        }

        return null;
    }

    static int Fail(string why)
    {
        Console.Error.WriteLine(why);
        return 1;
    }
}
