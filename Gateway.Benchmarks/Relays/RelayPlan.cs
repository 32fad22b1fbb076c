using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>What a relay needs to be configured: where the backend, the schema registry and the issuer of tokens are, whom to trust, where to write its files.</summary>
sealed record RelayPlan(BackendPorts Backend, Uri Registry, string Issuer, CertificateFiles Certificates, string Directory)
{
    /// <summary>A directory for one relay's files, made.</summary>
    public string DirectoryOf(string relay) => System.IO.Directory.CreateDirectory(Path.Combine(Directory, relay)).FullName;

    /// <summary>A loopback port for every route.</summary>
    public static IReadOnlyDictionary<Route, int> FreePorts()
    {
        var routes = Enum.GetValues<Route>();
        return routes.Zip(Machine.FreePorts.Take(routes.Length)).ToDictionary();
    }
}
