namespace Gateway.Actors.Connections;

/// <summary>Every field the declaration of a certificate may have. <c>docs/connections.schema.json</c> says the same to editors.</summary>
public static class CertificateFields
{
    public const string Kind = "Certificate";

    public static readonly IReadOnlyList<string> Metadata = ["name"];
    public static readonly IReadOnlyList<string> Spec = ["source", "issuer", "names", "use", "lifetime", "certificateFile", "keyFile"];
}
