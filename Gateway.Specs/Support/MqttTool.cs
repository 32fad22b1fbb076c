namespace Gateway.Specs.Support;

/// <summary>mosquitto_pub and mosquitto_sub, as people type them.</summary>
sealed class MqttTool(int port, string authorityFile, string token)
{
    public Task<ToolRun> PublishAsync(string version, int qos, string topic, string message) =>
        RunAsync("mosquitto_pub", "-V", version, "-q", $"{qos}", "-t", topic, "-m", message);

    /// <summary>Waits for so many messages.</summary>
    public Task<ToolRun> SubscribeAsync(string version, int qos, string topic, int messages) =>
        RunAsync("mosquitto_sub", "-V", version, "-q", $"{qos}", "-t", topic, "-C", $"{messages}", "-W", "15", "-v", "-d");

    Task<ToolRun> RunAsync(string tool, params string[] arguments) =>
        Tool.RunAsync(tool, ["-h", "localhost", "-p", $"{port}", "--cafile", authorityFile, "-u", "anybody", "-P", token, .. arguments]);
}
