using Gateway.Actors.Hosting;

namespace Gateway.Specs.Support;

/// <summary>A node with one connection, <c>telemetry</c> by default: MQTT for tokens of the issuer "main" with the group telemetry.</summary>
static class MqttNode
{
    static readonly string[] s_groups = ["telemetry"];

    /// <summary>A token that is let in.</summary>
    public static string Token(FakeIssuer issuer) => issuer.Mint(new TokenContent { Groups = s_groups });

    public static Task<TestNode> StartAsync(
        TestCertificates upstreams, int upstreamPort, string upstreamPassword, IssuerOptions issuer, string operations = "{}",
        string connection = "telemetry", string recording = "{}", string masking = "", params (string, string)[] settings)
    {
        var folder = new ConfigurationFolder();
        upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        folder.WriteSecret("broker.password", upstreamPassword);
        return TestNode.StartAsync(folder, $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: {{connection}} }
            spec:
              protocol: mqtt
              listen: { address: 127.0.0.1, port: 0 }
              tls: { minimumVersion: "1.2" }
              upstream:
                host: 127.0.0.1
                port: {{upstreamPort}}
                tls: { serverName: localhost, authorities: upstream.crt }
                login: { userName: {{Mosquitto.UserName}}, passwordFile: broker.password }
              access: { issuers: [main], groups: [telemetry] }
              operations: {{operations}}
              recording: {{recording}}
              {{(masking.Length > 0 ? $"masking: {masking}" : "")}}
            """, settings.ToDictionary(s => s.Item1, s => (string?)s.Item2), issuer);
    }
}
