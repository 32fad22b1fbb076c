using System.Net.Sockets;

namespace Gateway.Specs.Support;

/// <summary>A slow network: passes on what one socket receives to another, every byte by itself.</summary>
static class Dribble
{
    public static async Task Async(Socket from, Socket to)
    {
        to.NoDelay = true;
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
                for (var i = 0; i < count; i++) await to.SendAsync(buffer.AsMemory(i, 1));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One end is gone.
        }
    }
}
