using Gateway.Actors.Connections;

namespace Gateway.Actors.Hosting;

/// <summary>Client certificates at the admin API, by the rules that connections have.</summary>
public sealed record AdminCertificateOptions
{
    /// <summary>PEM: the authorities whose client certificates are taken; null: none is asked for.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>How they name their subjects; empty: as connections without rules have it.</summary>
    public IReadOnlyList<AdminSubjectOptions> Subjects { get; init; } = [];

    /// <summary>Whether a certificate may be revoked.</summary>
    public RevocationRule Revocation { get; init; } = RevocationRule.None;

    /// <summary>A revocation list of their authority, PEM or DER; null: only the responder that the certificate names is asked.</summary>
    public string? RevocationListFile { get; init; }

    public RevocationRules RevocationRules => new(Revocation, RevocationListFile);
}

/// <summary>A <see cref="SubjectRule"/> as settings have it.</summary>
public sealed record AdminSubjectOptions
{
    /// <summary>The issuing authority's distinguished name; null: any.</summary>
    public string? Issuer { get; init; }

    /// <summary>A <see cref="CertificateName"/>. There is no default: which name counts is never guessed.</summary>
    public string Take { get; init; } = "";

    public string? Matching { get; init; }

    /// <summary>The subject's groups; null: the certificate's organizational units.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Only after <see cref="Take"/> was checked.</summary>
    public SubjectRule Rule => new() { Issuer = Issuer, Take = Enum.Parse<CertificateName>(Take, ignoreCase: true), Matching = Matching, Groups = Groups };
}
