namespace Gateway.Protocols.Masking.Avro;

/// <summary>
/// What a rule that masks a whole value does to one of that type. Whatever it is, the bytes stay readable under the same schema. Texts take every
/// action. Others have no room for stars, tokens and the like: what hides them is null where the schema allows it, or else the type's zero; and what
/// they cannot hold though somebody relies on it, a token or an encrypted field, is refused.
/// </summary>
static class AvroLeaf
{
    /// <summary>Bytes of a token in a UUID or a fixed.</summary>
    const int TokenBytes = 16;

    public static void Decide(AvroStep step, MaskingRule rule, bool mayBeNull)
    {
        var (node, action) = (step.Node, rule.Action);
        if (node.IsText)
        {
            step.Fate = AvroFate.Text;
            return;
        }

        var isUuid = node.Logical == AvroLogical.Uuid && (node.Type == AvroType.String || node.Size == TokenBytes);
        if (isUuid && action.Kind is MaskingKind.Token || isUuid && node.Type == AvroType.String && action.Kind == MaskingKind.Partial)
        {
            step.Fate = AvroFate.Uuid;
        }
        else if (action.NeedsKey)
        {
            step.Fate = AvroFate.Refuse;
            var (what, others) = action.Kind == MaskingKind.Token ? ("token", "strings, bytes and UUIDs") : ("encrypted field", "strings and bytes");
            step.Fault = $"rule {rule.Name} selects a value of type {Described(node)}, which can hold no {what}: let it name {others} only, or redact";
        }
        else if (mayBeNull)
        {
            step.Fate = AvroFate.Null;
        }
        else
        {
            step.Fate = AvroFate.Constant;
            step.Constant = Zero(node, action);
        }
    }

    public static string Described(AvroNode node) => node.Logical == AvroLogical.None ? node.Name : $"{node.Name} ({node.Logical.ToString().ToLowerInvariant()})";

    static byte[] Zero(AvroNode node, MaskingAction action)
    {
        var target = new PooledWriter();
        switch (node.Type)
        {
            case AvroType.Float:
                return new byte[sizeof(float)];
            case AvroType.Double:
                return new byte[sizeof(double)];
            case AvroType.Fixed:
                return new byte[node.Size];
            case AvroType.Enum:
                // The text of the rule, where the schema knows it.
                SignedVarint.Write(target, Math.Max(0, node.Symbols.ToList().IndexOf(action.Text ?? "")));
                break;
            case AvroType.Bytes:
                // The unscaled number 0; a big one brings its scale, and has its own length within.
                byte[] zero = node.Logical == AvroLogical.Decimal ? [0] : [2, 0, 0];
                SignedVarint.Write(target, zero.Length);
                target.Write(zero);
                break;
            case AvroType.String:
                SignedVarint.Write(target, AvroUuid.Nil.Length);
                target.Write(AvroUuid.Nil);
                break;
            default:
                // The number 0, false, and the end of an array or map without items are the same byte.
                return [0];
        }

        var bytes = target.Span.ToArray();
        target.LetGo();
        return bytes;
    }
}
