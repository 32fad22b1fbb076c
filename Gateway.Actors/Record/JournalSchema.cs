using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>
/// The tables, described in docs/journal-format.md. The journal's columns are those Akka.Persistence.Sql maps; we create the table
/// ourselves so that its shape is ours: the message comes last, because SQLite walks the pages of a large value to reach what lies behind
/// it.
/// </summary>
static class JournalSchema
{
    /// <summary>Every table there is.</summary>
    public static readonly string[] Tables = [JournalTable, SessionTable, OperationTable, LoginTable, KeyTable, LedgerTable, LedgerDueTable, OutletTable];

    /// <summary>
    /// The session table's younger columns, oldest first, which a database that an earlier version made has not. They may be null, so that a node of that
    /// version beside this one goes on adding rows, and are the last ones in every database, in this order.
    /// </summary>
    public static readonly (string Name, string Type)[] YoungerColumns = [("ja4", "text"), (OperationSql.Column, "integer")];

    public static string AddColumn((string Name, string Type) column) => $"alter table {SessionTable} add column {column.Name} {column.Type}";

    /// <summary>Once every column is there. Leaves out the rows of earlier versions, so that it is made at once however many there are.</summary>
    public const string YoungerIndexes =
        $"create index if not exists {SessionTable}_ja4 on {SessionTable} (ja4, started_at) where ja4 is not null";

    public const string Sqlite =
        $"""
        create table if not exists {JournalTable} (
            ordering integer primary key,
            persistence_id text not null,
            sequence_number bigint not null,
            created bigint not null,
            deleted boolean not null,
            tags text,
            identifier integer,
            manifest text,
            message blob not null);
        create table if not exists {KeyTable} (
            session_id text primary key,
            sealed_key blob,
            destroyed_at bigint) without rowid;
        create table if not exists {LedgerTable} (
            number integer primary key,
            page blob not null);
        {Sessions}
        """;

    /// <summary>
    /// Stored bytes are compressed already or do not compress: PostgreSQL need not try (measured: 2.5 times the throughput).
    /// </summary>
    public const string PostgreSql =
        $"""
        create table if not exists {JournalTable} (
            ordering bigint generated always as identity primary key,
            persistence_id text not null,
            sequence_number bigint not null,
            created bigint not null,
            deleted boolean not null,
            tags text,
            identifier integer,
            manifest text,
            message bytea not null);
        create table if not exists {KeyTable} (
            session_id text primary key,
            sealed_key bytea,
            destroyed_at bigint);
        create table if not exists {LedgerTable} (
            number bigint primary key,
            page bytea not null);
        alter table {JournalTable} alter column message set storage external;
        {Sessions}
        """;

    // One index per filter of the list, each in the order of the list.
    const string Sessions =
        $"""
        create unique index if not exists {JournalTable}_event on {JournalTable} (persistence_id, sequence_number);
        create table if not exists {SessionTable} (
            session_id text primary key,
            connection text not null,
            protocol text not null,
            node_key text not null,
            client_address text not null,
            subject text,
            started_at bigint not null,
            closed_at bigint,
            ending integer,
            refusal integer,
            detail text,
            to_upstream_bytes bigint,
            to_client_bytes bigint,
            ja4 text,
            operations integer);
        create index if not exists {SessionTable}_started on {SessionTable} (started_at, session_id);
        create index if not exists {SessionTable}_connection on {SessionTable} (connection, started_at);
        create index if not exists {SessionTable}_subject on {SessionTable} (subject, started_at);
        create index if not exists {SessionTable}_node on {SessionTable} (node_key, started_at);
        create index if not exists {SessionTable}_refused on {SessionTable} (refusal, started_at) where refusal > 0;
        create index if not exists {SessionTable}_open on {SessionTable} (started_at) where closed_at is null;
        create table if not exists {OperationTable} (
            session_id text not null,
            operation text not null,
            resource text not null,
            denied integer not null,
            first_at bigint not null,
            primary key (session_id, operation, resource, denied));
        create index if not exists {OperationTable}_resource on {OperationTable} (resource, operation, session_id);
        create index if not exists {OperationTable}_operation on {OperationTable} (operation, session_id);
        create table if not exists {LedgerDueTable} (
            session_id text primary key,
            closed_at bigint not null);
        create table if not exists {OutletTable} (
            outlet text primary key,
            position bigint not null);
        create table if not exists {LoginTable} (
            id text primary key,
            content text,
            expires_at bigint not null);
        create index if not exists {LoginTable}_expired on {LoginTable} (expires_at);
        """;
}
