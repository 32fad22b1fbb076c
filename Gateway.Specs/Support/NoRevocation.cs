using Gateway.Actors.Tls.Revocation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Specs.Support;

/// <summary>For specs of handshakes whose profiles do not ask about revocation.</summary>
static class NoRevocation
{
    public static CertificateRevocation Asked { get; } = new(TimeProvider.System, NullLogger<CertificateRevocation>.Instance);
}
