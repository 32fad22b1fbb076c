using Gateway.Actors.Hosting;

namespace Gateway.Specs.Support;

/// <summary>A node with one connection, <c>echo</c> by default: the opaque protocol, for the client certificate of <c>camera-17</c>.</summary>
static class EchoNode
{
    public static Task<TestNode> StartAsync(
        TestCertificates clients, TestCertificates upstreams, int upstreamPort, string mode = "pipelined", string tls = "", string level = "full",
        string connection = "echo", string more = "", params (string, string)[] settings) =>
        StartAsync(clients, upstreams, upstreamPort, [], mode, tls, level, connection, more, settings);

    /// <summary>With an admin API that takes tokens of these issuers; <c>auditors</c> and <c>operators</c> are the groups it knows.</summary>
    public static Task<TestNode> StartAsync(
        TestCertificates clients, TestCertificates upstreams, int upstreamPort, IssuerOptions[] issuers, string mode = "pipelined", string tls = "",
        string level = "full", string connection = "echo", string more = "", params (string, string)[] settings)
    {
        var folder = new ConfigurationFolder();
        clients.WriteAuthority(folder.PathOf("clients.crt"));
        upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        return TestNode.StartAsync(folder, $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: {{connection}} }
            spec:
              protocol: tls
              listen: { address: 127.0.0.1, port: 0 }
              tls: { {{tls}}clientCertificate: required, clientAuthorities: clients.crt }
              upstream:
                host: 127.0.0.1
                port: {{upstreamPort}}
                tls: { serverName: localhost, authorities: upstream.crt }
              access: { subjects: [camera-17] }
              recording: { level: {{level}}, mode: {{mode}} }
            {{more}}
            """, settings.ToDictionary(s => s.Item1, s => (string?)s.Item2), issuers);
    }
}
