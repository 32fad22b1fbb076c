using System.Security.Cryptography.X509Certificates;
using Akka.Hosting;
using Akka.Remote.Transport.DotNetty;

namespace Gateway.Actors.Hosting.Clustering.Remoting;

/// <summary>
/// Remoting over mutual TLS, the same for nodes and lighthouses: this folder is compiled into both, because they share no assembly and a
/// check of certificates should not be written twice.
/// </summary>
static class MutualTls
{
    /// <summary>Certificate and authorities are asked for again and again, so that both can be renewed while the system runs.</summary>
    public static AkkaConfigurationBuilder WithMutualTls(
        this AkkaConfigurationBuilder akka, Func<X509Certificate2> own, Func<X509Certificate2Collection> authorities, TimeProvider time,
        Func<X509Certificate2, X509Chain, bool>? isNode = null)
    {
        var validator = NodeTrust.Validator(authorities, isNode ?? ((_, _) => true), time);
        return akka
            .AddSetup(new DotNettySslSetup(own(), suppressValidation: false, requireMutualAuthentication: true, validator))
            .AddStartup((system, _) =>
            {
                HandshakeFailureGuard.Install(system);
                system.ActorOf(RemotingCertificateActor.Props(own), "remoting-certificate");
            });
    }
}
