using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Protocols.Masking.Avro;

namespace Gateway.Protocols.Masking;

/// <summary>
/// Opens encrypted fields, wherever they stand in texts, and in the texts of values in Avro; all else stays byte for byte. Fields of another key,
/// or that were changed, stay too. Not safe for use from several threads.
/// </summary>
public sealed class EncryptedFields
{
    const int IdLength = 8;

    static readonly byte[] s_start = "enc.1."u8.ToArray();
    static readonly SearchValues<byte> s_hex = SearchValues.Create("0123456789abcdef"u8);

    readonly MaskingKey _key;
    readonly bool _inJson;
    readonly MatchList _found = new();
    readonly TextMask _text;
    readonly IReadOnlyList<MaskingRule> _rules;
    readonly Dictionary<AvroSchema, AvroProgram?> _programs = [];
    readonly AvroBlock[] _blocks = new AvroBlock[Masker.MostDepth + 1];
    readonly PooledWriter _scratch = new();
    readonly PooledWriter _record = new();

    /// <param name="key">What they were encrypted with.</param>
    /// <param name="inJson">Texts are JSON: what is opened is escaped as a part of a string.</param>
    public EncryptedFields(MaskingKey key, bool inJson)
    {
        (_key, _inJson) = (key, inJson);
        // To the pass over Avro opening is a rule like others: it finds, and puts another text there.
        _rules = [new() { Name = "open", Detectors = [new("encrypted-field", Find)], Action = new(MaskingKind.Open) }];
        _text = new(_rules, key) { Most = Array.MaxLength };
    }

    public long Opened { get; private set; }

    /// <summary>Fields that stayed as they are.</summary>
    public long Kept { get; private set; }

    /// <summary>
    /// The id of the schema that a record's key or value begins with, in the format of Confluent's serializers; null where it begins with none.
    /// </summary>
    public static int? SchemaOf(ReadOnlySpan<byte> content) => MaskedContent.SchemaOf(content);

    public void Open(ReadOnlySpan<byte> text, Stream target) => Open(text, target, _inJson);

    /// <summary>
    /// Opens those in a record's key or value that begins with the id of a schema. In Avro lengths are made anew, so that it is a value of the same
    /// schema again.
    /// </summary>
    /// <returns>Why it cannot be read, to be said of it: nothing of it is written then. Null: it was written.</returns>
    public string? Open(ReadOnlySpan<byte> content, RegisteredSchema schema, Stream target)
    {
        if (schema.IsJson)
        {
            target.Write(content[..MaskedContent.SchemaPrefix]);
            Open(content[MaskedContent.SchemaPrefix..], target, inJson: true);
            return null;
        }

        if (schema.Avro is not { } avro) return $"has a schema that {schema.Problem}";
        if (!_programs.TryGetValue(avro, out var program))
            _programs[avro] = program = AvroProgram.TryBuild(avro, _rules, ChosenPaths.None, finders: 1);
        return program is null ? "has a schema of more parts than can be followed" : InAvro(content, program, target);
    }

    string? InAvro(ReadOnlySpan<byte> content, AvroProgram program, Stream target)
    {
        _record.Clear();
        _text.Begin();
        var pass = new AvroPass(content, MaskedContent.SchemaPrefix, program.Start, _text, strict: 0, _blocks, _scratch, _record);
        if (pass.Run() != AvroMasked.Whole)
            return pass.Fault.Length > 0 ? $"{pass.Fault}, which is no value of its schema" : "is too long when it is opened";
        target.Write(pass.IsChanged ? _record.Span : content);
        Opened += _text.Counts[0];
        _text.Forget();
        return null;
    }

    void Open(ReadOnlySpan<byte> text, Stream target, bool inJson)
    {
        _found.Clear();
        Find(text, _found);
        var at = 0;
        for (var i = 0; i < _found.Count; i++)
        {
            target.Write(text[at.._found[i].Start]);
            var opened = _key.Decrypt(Encoding.ASCII.GetString(text[_found[i].Start.._found[i].End]))!;
            target.Write(inJson ? JsonEncodedText.Encode(opened, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes : opened);
            at = _found[i].End;
            Opened++;
        }

        target.Write(text[at..]);
    }

    /// <summary>Those that the key opens; counts those that it does not.</summary>
    void Find(ReadOnlySpan<byte> text, MatchList found)
    {
        for (var at = 0; text[at..].IndexOf(s_start) is var next and >= 0;)
        {
            at += next;
            var length = LengthOf(text[at..]);
            if (length > 0 && _key.Decrypt(Encoding.ASCII.GetString(text.Slice(at, length))) is not null) found.Add(at, at + length);
            else if (length > 0) Kept++;
            at += Math.Max(length, s_start.Length);
        }
    }

    /// <summary>Bytes of the field that the text begins with; 0: it has another form.</summary>
    static int LengthOf(ReadOnlySpan<byte> text)
    {
        var data = s_start.Length + IdLength + 1;
        if (text.Length <= data || text[data - 1] != '.' || text[s_start.Length..(data - 1)].ContainsAnyExcept(s_hex)) return 0;
        var end = data;
        while (end < text.Length && Detect.Bytes.IsBase64Url(text[end])) end++;
        return end > data ? end : 0;
    }
}
