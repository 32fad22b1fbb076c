using System.Net;

namespace Gateway.Node.Saml;

/// <summary>What is said of logins by SAML. Nothing of an assertion but what the verdict says.</summary>
static partial class SamlLog
{
    [LoggerMessage(3101, LogLevel.Warning, "A SAML login was refused: {Refusal}, provider {Provider}, {Detail}, from {Address}")]
    public static partial void Refused(ILogger log, string refusal, string provider, string detail, IPAddress? address);

    [LoggerMessage(3102, LogLevel.Information, "A token was issued for a login at SAML provider {Provider}, until {Until:u}")]
    public static partial void Issued(ILogger log, string provider, DateTimeOffset until);

    [LoggerMessage(3103, LogLevel.Warning, "A login code was refused: {Refusal}, provider {Provider}, from {Address}")]
    public static partial void CodeRefused(ILogger log, string refusal, string provider, IPAddress? address);
}
