namespace Gateway.Actors.Hosting;

/// <summary>Placeholder replaced by the strict check.</summary>
public static class GatewayOptionsCheck;
