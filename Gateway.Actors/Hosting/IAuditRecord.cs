using System.Data.Common;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>The administrative acts of the cluster, verified while they are read.</summary>
public interface IAuditRecord
{
    /// <summary>Throws <see cref="InvalidDataException"/> when the record is not in order, <see cref="JournalUnavailableException"/> when it cannot be read.</summary>
    Task<AuditedActs> ReadAsync(AuditFilter filter, CancellationToken cancel);
}

sealed class AuditRecord(OpenedNode node) : IAuditRecord
{
    public async Task<AuditedActs> ReadAsync(AuditFilter filter, CancellationToken cancel)
    {
        try
        {
            return await new RegistryAudit(node.Journal, node.SealKeys).ReadAsync(filter, cancel);
        }
        catch (JournalFormatException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            throw new JournalUnavailableException(node.Journal.Place, "cannot be read", "see why it does not answer", e);
        }
    }
}
