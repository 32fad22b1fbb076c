namespace Gateway.Demo;

/// <summary>What a person types to go on by hand.</summary>
static class DemoCommands
{
    public static string For(DemoFolder folder, DemoSurroundings surroundings, string admin, int telemetry, int camera)
    {
        var ca = folder.PathOf("data/ca.crt");
        var gateway = $"dotnet run --project Gateway.Cli -- ";
        return $"""

            The gateway keeps serving until Ctrl-C. Go on by hand; tokens are valid for five minutes and renewed in their files:

              mosquitto_sub -i reader -h localhost -p {telemetry} --cafile {ca} -u me -P "$(cat {surroundings.SensorTokenFile})" -t 'sensors/#' -v
              mosquitto_pub -i sensor-8 -h localhost -p {telemetry} --cafile {ca} -u me -P "$(cat {surroundings.SensorTokenFile})" -t sensors/8/temperature -m 21.5

              openssl s_client -connect localhost:{camera} -CAfile {ca} -verify_return_error -cert {folder.PathOf("camera.crt")} -key {folder.PathOf("camera.key")}
              openssl s_client -connect localhost:{camera} -tls1_2        # refused by name: see the list of sessions

              export GATEWAY_NODE={admin} GATEWAY_CA={ca} GATEWAY_TOKEN="$(cat {surroundings.AuditorTokenFile})"
              {gateway}sessions list
              {gateway}sessions replay SESSION --direction to-upstream --output -
              {gateway}sessions verify --all --journal {folder.PathOf("data/journal.db")} --key {folder.PathOf("data/seal.pub")}
              {gateway}connections list
              {gateway}nodes
              curl --cacert {ca} {admin}/health/ready
            """;
    }
}
