namespace Gateway.Actors.Hosting.Clustering.Crashes;

/// <summary>The sender has knocked at a member's port of remoting, again and again, and its host refused: nobody listens there any more.</summary>
/// <param name="Address">The member's address, as Akka writes it.</param>
/// <param name="Incarnation">Which process of that address.</param>
public sealed record PortRefused(string Address, int Incarnation) : IClusterMessage;
