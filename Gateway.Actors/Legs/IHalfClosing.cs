namespace Gateway.Actors.Legs;

/// <summary>A stream that can say that no more will come, and still be read.</summary>
public interface IHalfClosing
{
    Task ShutdownAsync();
}
