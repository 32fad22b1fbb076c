using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Certificates.Status;

/// <summary>Where a certificate says that its revocation can be asked for. RFC 5280 sections 4.2.1.13 and 4.2.2.1. Pure.</summary>
public static class StatusExtensions
{
    public const string ListPath = "/crl/";
    public const string ResponderPath = "/ocsp";

    /// <param name="address">Where the plain HTTP port of any node is reached from outside, without a slash at the end; null: nothing is said.</param>
    /// <param name="generation">Of the authority that signs.</param>
    public static IEnumerable<X509Extension> For(string? address, uint generation) => address is null
        ? []
        :
        [
            new X509AuthorityInformationAccessExtension([$"{address}{ResponderPath}"], null, critical: false),
            CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(
                [string.Create(CultureInfo.InvariantCulture, $"{address}{ListPath}{generation}.crl")], critical: false),
        ];
}
