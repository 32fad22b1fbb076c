namespace Gateway.Actors.Tls;

/// <summary>Placeholder.</summary>
public static class ServerHandshake;
