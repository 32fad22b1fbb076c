namespace Gateway.Demo;

/// <summary>The node's configuration, as an operator would write it.</summary>
static class DemoConfiguration
{
    public const string Camera = "camera-17";

    public static void Write(DemoFolder folder, DemoIssuer issuer, DemoBroker broker, DemoReceiver receiver)
    {
        folder.Write("appsettings.json", Settings(issuer));
        folder.Write("connections.yaml", Connections(broker, receiver));
    }

    static string Settings(DemoIssuer issuer) =>
        $$"""
        {
          "Logging": { "LogLevel": { "Default": "Warning" } },
          "Gateway": {
            "Node": { "Name": "demo", "DrainNotice": "0s", "DrainGrace": "1s" },
            "Cluster": { "Port": 0 },
            "Admin": { "Port": 0, "AuditorGroups": ["auditors"], "OperatorGroups": ["operators"] },
            "Issuers": [
              { "Name": "demo", "Authority": "{{issuer.Url}}", "Audience": "{{DemoIssuer.Audience}}", "AuthoritiesFile": "surroundings.crt" }
            ]
          }
        }
        """;

    static string Connections(DemoBroker broker, DemoReceiver receiver) =>
        $$"""
        # Sensors log in with a token of the issuer as MQTT password; the gateway logs in at the broker with its own.
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: telemetry }
        spec:
          protocol: mqtt
          listen: { address: 127.0.0.1, port: 0 }
          upstream:
            host: localhost
            port: {{broker.Port}}
            tls: { authorities: surroundings.crt }
            login: { userName: {{DemoBroker.UserName}}, passwordFile: broker.password }
          access: { issuers: [demo], groups: [telemetry] }
          operations:
            allow: [{ operation: "*", resource: "sensors/#" }]
        ---
        # A raw stream has no login of its own: the client certificate is the proof. No byte goes on before it is durable.
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: camera }
        spec:
          protocol: tls
          listen: { address: 127.0.0.1, port: 0 }
          tls: { clientCertificate: required, clientAuthorities: surroundings.crt }
          upstream:
            host: localhost
            port: {{receiver.Port}}
            tls: { authorities: surroundings.crt }
          access: { subjects: [{{Camera}}] }
          recording: { mode: strict }
        """;
}
