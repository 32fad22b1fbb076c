namespace Gateway.Actors.Connections;

/// <summary>Reads how client certificates name their subjects.</summary>
static class SubjectRuleReader
{
    static readonly string[] s_names = ["uri", "dns", "email", "commonName"];

    public static IReadOnlyList<SubjectRule> Read(YamlFields tls, ClientCertificateRule certificate)
    {
        if (certificate == ClientCertificateRule.None && tls.Has("clientSubjects"))
            tls.Fault("clientSubjects", "has no use while clientCertificate is none", "remove it, or ask for a certificate");
        return [.. tls.Maps("clientSubjects", ConnectionFields.SubjectRule).Select(Rule)];
    }

    static SubjectRule Rule(YamlFields fields)
    {
        fields.RequiredText("take");
        return new SubjectRule
        {
            Issuer = fields.Text("issuer"),
            Take = Enum.Parse<CertificateName>(fields.Choice("take", s_names), ignoreCase: true),
            Matching = fields.Text("matching"),
            Groups = fields.Has("groups") ? fields.Texts("groups") : null,
        };
    }
}
