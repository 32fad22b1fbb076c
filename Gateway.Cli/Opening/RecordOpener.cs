using System.Buffers.Binary;
using Gateway.Actors;
using Gateway.Protocols.Masking;

namespace Gateway.Cli.Opening;

/// <summary>
/// Opens the encrypted fields of keys or values of records, in the format of Confluent's serializers. What cannot be read ends it: fields of it
/// would stay, and nobody would know.
/// </summary>
/// <param name="fields">What opens them, and counts.</param>
/// <param name="schemaOf">Tells the schema of an id; asked once for each.</param>
/// <param name="isFramed">Each stands behind its length in four bytes, big-endian, -1 for one that is null: <c>%R</c> of kcat.</param>
sealed class RecordOpener(EncryptedFields fields, Func<int, Task<Verdict<RegisteredSchema>>> schemaOf, bool isFramed)
{
    const int Null = -1;

    readonly Dictionary<int, RegisteredSchema> _schemas = [];
    readonly byte[] _length = new byte[sizeof(int)];
    long _number;

    public async Task OpenAsync(Stream from, Stream to, CancellationToken cancel)
    {
        if (!isFramed)
        {
            to.Write((await OpenedAsync(await ReadAllAsync(from, cancel))).Span);
            return;
        }

        while (await from.ReadAtLeastAsync(_length, _length.Length, throwOnEndOfStream: false, cancel) is > 0 and var read)
        {
            _number++;
            if (read < _length.Length) throw CutShort();
            var length = BinaryPrimitives.ReadInt32BigEndian(_length);
            if (length is < Null or > MaskingCommands.LongestLine)
                throw Failed($"has a length of {length}: write records as kcat -f '%R%s' does");
            if (length <= 0)
            {
                to.Write(_length);
                continue;
            }

            var record = new byte[length];
            if (await from.ReadAtLeastAsync(record, length, throwOnEndOfStream: false, cancel) < length) throw CutShort();
            var opened = await OpenedAsync(record);
            BinaryPrimitives.WriteInt32BigEndian(_length, opened.Length);
            to.Write(_length);
            to.Write(opened.Span);
        }
    }

    async Task<ReadOnlyMemory<byte>> OpenedAsync(byte[] record)
    {
        var id = EncryptedFields.SchemaOf(record) ?? throw Failed("does not begin with the id of a schema");
        if (!_schemas.TryGetValue(id, out var schema))
        {
            var told = await schemaOf(id);
            _schemas[id] = schema = told.IsGranted ? told.Value : throw Failed($"has schema {id}, which {Printable.Text(told.Detail)}");
        }

        using var opened = new MemoryStream(record.Length);
        if (fields.Open(record, schema, opened) is { } fault) throw Failed($"{Printable.Text(fault)} ({id})");
        return opened.GetBuffer().AsMemory(0, (int)opened.Length);
    }

    static async Task<byte[]> ReadAllAsync(Stream from, CancellationToken cancel)
    {
        using var all = new MemoryStream();
        var piece = new byte[64 * 1024];
        while (await from.ReadAsync(piece, cancel) is > 0 and var count)
        {
            if (all.Length + count > MaskingCommands.LongestLine)
                throw new InvalidDataException($"The record is longer than {MaskingCommands.LongestLine} bytes.");
            all.Write(piece, 0, count);
        }

        return all.ToArray();
    }

    CommandException CutShort() => Failed("is cut short");

    CommandException Failed(string what) => new(ExitCode.Failed, isFramed ? $"record {_number} {what}" : $"the record {what}");
}
