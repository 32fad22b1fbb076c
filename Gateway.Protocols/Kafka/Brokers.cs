using System.Text;

namespace Gateway.Protocols.Kafka;

/// <summary>Where a broker is to be reached.</summary>
public sealed record BrokerAddress(string Host, int Port)
{
    internal byte[] HostBytes { get; } = Encoding.UTF8.GetBytes(Host);
}
