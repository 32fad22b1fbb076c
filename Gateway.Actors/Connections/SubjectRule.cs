namespace Gateway.Actors.Connections;

/// <summary>Which name of a certificate names its subject.</summary>
public enum CertificateName
{
    Uri,
    Dns,
    Email,
    CommonName,
}

/// <summary>
/// How certificates of a connection name their subjects. The first rule whose issuer fits and whose pattern one name matches counts; where there are
/// rules and none counts, the certificate names nobody.
/// </summary>
public sealed record SubjectRule
{
    /// <summary>The issuing authority's distinguished name, character by character; null: any.</summary>
    public string? Issuer { get; init; }

    public required CertificateName Take { get; init; }

    /// <summary>What the name must look like: a star stands for one or more characters of one part of it. Null: anything.</summary>
    public string? Matching { get; init; }

    /// <summary>The subject's groups; null: the certificate's organizational units.</summary>
    public IReadOnlyList<string>? Groups { get; init; }
}
