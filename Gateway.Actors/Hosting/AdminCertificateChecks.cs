using Gateway.Actors.Connections;

namespace Gateway.Actors.Hosting;

/// <summary>Client certificates at the admin API.</summary>
static class AdminCertificateChecks
{
    const string At = "Admin:ClientCertificates";

    public static void Check(AdminCertificateOptions options, OptionReport report)
    {
        if (options.AuthoritiesFile is { } bundle) StorageChecks.Bundle($"{At}:AuthoritiesFile", bundle, report);
        else RequireNothingElse(options, report);
        if (options.RevocationListFile is { } list) report.File($"{At}:RevocationListFile", ConfiguredFiles.Unreadable(list));
        report.Require(
            options.RevocationListFile is null || options.Revocation != RevocationRule.None, $"{At}:RevocationListFile",
            "has no use while Revocation is None", "set Revocation to Soft or Hard, or remove it");
        for (var i = 0; i < options.Subjects.Count; i++) Subject(options.Subjects[i], $"{At}:Subjects:{i}", report);
    }

    static void RequireNothingElse(AdminCertificateOptions options, OptionReport report)
    {
        if (options.Subjects.Count > 0 || options.Revocation != RevocationRule.None)
            report.AddHidden($"{At}:AuthoritiesFile", "is missing, so that no certificate is asked for", "name the authorities (PEM), or remove the rest");
    }

    static void Subject(AdminSubjectOptions subject, string at, OptionReport report)
    {
        report.Require(
            Enum.GetNames<CertificateName>().Contains(subject.Take, StringComparer.OrdinalIgnoreCase), $"{at}:Take",
            "is not a name of a certificate", "use Uri, Dns, Email or CommonName");
        for (var i = 0; i < (subject.Groups?.Count ?? 0); i++)
            report.Require(!string.IsNullOrWhiteSpace(subject.Groups![i]), $"{at}:Groups:{i}", "is empty", "name a group or remove the entry");
    }
}
