using System.Collections;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;

namespace Gateway.Actors.Hosting.Clustering.Remoting;

/// <summary>
/// The certificate that remoting presents in handshakes beginning now. Akka reads it at start and offers no way to renew it, but looks it
/// up anew for every connection; so it is replaced where Akka looks. RemotingCertificateSpec fails when Akka moves it. See
/// docs/decisions/0006-remoting-certificate.md.
/// </summary>
sealed class RemotingCertificate
{
    const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    readonly object _settings;

    readonly FieldInfo _certificate;

    RemotingCertificate(object settings, FieldInfo certificate) => (_settings, _certificate) = (settings, certificate);

    public X509Certificate2 Presented
    {
        get => (X509Certificate2)_certificate.GetValue(_settings)!;
        set => _certificate.SetValue(_settings, value);
    }

    /// <exception cref="MissingMemberException">Akka keeps the certificate elsewhere in this version.</exception>
    public static RemotingCertificate Of(ActorSystem system)
    {
        var remoting = Member(((ExtendedActorSystem)system).Provider, "Transport");
        var transports = ((IDictionary)Member(remoting, "_transportMapping")).Values.Cast<IEnumerable>();
        var tcp = Member(Member(transports.SelectMany(set => set.Cast<object>()).Single(), "ProtocolTransport"), "WrappedTransport");
        var settings = Member(Member(tcp, "Settings"), "Ssl");
        var certificate = settings.GetType().GetField("Certificate", Members) ?? throw Missing(settings, "Certificate");
        return new(settings, certificate);
    }

    static object Member(object of, string name)
    {
        for (var type = of.GetType(); type is not null; type = type.BaseType)
        {
            var value = type.GetField(name, Members)?.GetValue(of) ?? type.GetProperty(name, Members)?.GetValue(of);
            if (value is not null) return value;
        }

        throw Missing(of, name);
    }

    static MissingMemberException Missing(object of, string name) => new(of.GetType().FullName, name);
}
