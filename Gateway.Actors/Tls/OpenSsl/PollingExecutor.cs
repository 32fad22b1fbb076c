using Akka.Configuration;
using Akka.Dispatch;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Lets an actor that a polling thread woke run on that very thread, after the socket that woke it: handing a small message to another thread
/// costs more than its encryption does. What any other thread schedules runs on the thread pool. Named in <c>cluster.conf</c> as the executor of
/// the dispatcher that sessions' graphs run on; nothing that runs there may block.
/// </summary>
public sealed class PollingExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new PollingExecutor(id);

    sealed class PollingExecutor(string id) : ExecutorService(id)
    {
        public override void Execute(IRunnable run)
        {
            if (ReadinessLoop.Current is { } loop) loop.RunNext(run);
            else ThreadPool.UnsafeQueueUserWorkItem(static run => run.Run(), run, preferLocal: false);
        }

        public override void Shutdown()
        {
        }
    }
}
