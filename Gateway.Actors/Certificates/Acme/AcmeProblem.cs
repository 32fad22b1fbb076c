using System.Text.Json;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>An error that a server explains (RFC 7807, RFC 8555 section 6.7), cut down to one printable line.</summary>
/// <param name="Type">Without the namespace of ACME's errors; empty when there is none.</param>
/// <param name="Explanation">Type, detail and what is wrong with each name.</param>
sealed record AcmeProblem(string Type, string Explanation)
{
    const string Namespace = "urn:ietf:params:acme:error:";
    const int MostSubproblems = 5;
    const int MostType = 80;
    const int MostDetail = 300;

    public static readonly AcmeProblem None = new("", "");

    /// <summary>Never throws: an error that cannot be read is one without explanation.</summary>
    public static AcmeProblem Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return Of(AcmeText.Object(json, "the error"));
        }
        catch (AcmeException)
        {
            return None;
        }
    }

    /// <summary>The error inside an order, authorization or challenge, where there is one.</summary>
    public static AcmeProblem Of(JsonElement json)
    {
        var type = TypeOf(json);
        var parts = json.Items("subproblems").Take(MostSubproblems).Select(sub => $"{NameOf(sub)}{Told(TypeOf(sub), sub)}");
        var all = string.Join("; ", [Told(type, json), .. parts]);
        return new(type, AcmeText.Printable(all, AcmeLimits.Explanation));
    }

    static string Told(string type, JsonElement json)
    {
        var detail = AcmeText.Printable(json.Text("detail"), MostDetail);
        return detail.Length == 0 ? type : type.Length == 0 ? detail : $"{type}: {detail}";
    }

    static string TypeOf(JsonElement json)
    {
        var type = AcmeText.Printable(json.Text("type"), MostType);
        return type.StartsWith(Namespace, StringComparison.Ordinal) ? type[Namespace.Length..] : type;
    }

    static string NameOf(JsonElement sub) =>
        sub.TryGetProperty("identifier", out var identifier) && identifier.Text("value") is { } name ? $"{AcmeText.Printable(name, 100)}: " : "";
}
