// The other files of this folder are part of the lighthouse too, and there nobody else sees their types.
namespace Gateway.Actors.Hosting.Clustering.Stability;

public partial class Unrest;

public partial class UnrestWatch;

public partial record UnrestWatchParts;
