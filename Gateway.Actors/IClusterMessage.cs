namespace Gateway.Actors;

/// <summary>
/// Sent from one node of the cluster to another. Such a type is a sealed record of strings, numbers and enums, and is listed in
/// <see cref="Hosting.Clustering.ClusterMessages"/>: what is not on that list is neither written nor read.
/// </summary>
public interface IClusterMessage;
