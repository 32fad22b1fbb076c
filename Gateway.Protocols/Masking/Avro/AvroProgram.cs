namespace Gateway.Protocols.Masking.Avro;

/// <summary>
/// A schema and the rules of a topic as one: each part of the schema, at each state that the paths can be in there, is a step that knows what it does,
/// so that following a value asks nothing of rules and names any more but the keys of maps. Parts that take no byte are left out. Made once for a schema
/// and a plan; safe for use from several threads.
/// </summary>
sealed class AvroProgram
{
    /// <summary>Paths at any depth meet every part of a schema in several states. Origin: as many as a schema has parts.</summary>
    const int MostSteps = 16 * 1024;

    /// <summary>Ways from a step to one within it: a record of many fields has as many at each state.</summary>
    const int MostWays = 256 * 1024;

    /// <summary>What a step is made of. Of one within a value that is masked as a whole, state and finders say nothing.</summary>
    /// <param name="Node">The part of the schema.</param>
    /// <param name="State">Where the paths are; null: nowhere.</param>
    /// <param name="Whole">The rule that masks what it stands in; -1: none.</param>
    /// <param name="Finders">The rules that look into what it stands in, a bit each.</param>
    /// <param name="MayBeNull">It is a branch of a union that has null too.</param>
    /// <param name="Field">The field that it is the value of, whose default stands in the place of one that goes.</param>
    readonly record struct Place(AvroNode Node, PathState? State, int Whole, ulong Finders, bool MayBeNull, AvroField? Field);

    readonly IReadOnlyList<MaskingRule> _rules;
    readonly ChosenPaths _paths;
    readonly Dictionary<Place, AvroStep> _steps = [];
    readonly Queue<(AvroStep Step, Place Place)> _open = new();
    readonly Dictionary<AvroStep, List<AvroStep>> _holders = [];
    int _ways;

    AvroProgram(AvroSchema schema, IReadOnlyList<MaskingRule> rules, ChosenPaths paths, ulong finders)
    {
        (_rules, _paths) = (rules, paths);
        Start = StepOf(new(schema.Root, paths.Start, -1, finders, false, null));
        while (_open.TryDequeue(out var next)) Complete(next.Step, next.Place);
        SpreadMasks();
    }

    public AvroStep Start { get; }

    /// <summary>Null where the paths meet the schema in more ways than can be followed.</summary>
    public static AvroProgram? TryBuild(AvroSchema schema, IReadOnlyList<MaskingRule> rules, ChosenPaths paths, ulong finders)
    {
        try
        {
            return new(schema, rules, paths, finders);
        }
        catch (TooManyStepsException)
        {
            return null;
        }
    }

    AvroStep StepOf(Place place)
    {
        if (_steps.TryGetValue(place, out var known)) return known;
        if (_steps.Count == MostSteps) throw new TooManyStepsException();
        var step = new AvroStep { Node = place.Node };
        _steps.Add(place, step);
        _open.Enqueue((step, place));
        return step;
    }

    AvroStep PlainOf(AvroNode node) => StepOf(new(node, null, -1, 0, false, null));

    /// <summary>What stands within a value at a place, where the paths are in that state then.</summary>
    AvroStep Within(AvroStep holder, Place place, AvroNode node, PathState? state, bool mayBeNull = false, AvroField? field = null)
    {
        if (++_ways > MostWays) throw new TooManyStepsException();
        var whole = place.Whole >= 0 || state is null ? place.Whole : _paths.Whole(state);
        var finders = whole >= 0 ? 0 : place.Finders | (state is null ? 0 : _paths.Finders(state));
        // A default counts only where its value is to go.
        var goes = whole >= 0 && _rules[whole].Action.Kind == MaskingKind.Drop;
        var inner = StepOf(new(node, whole >= 0 ? null : state, whole, finders, mayBeNull, goes ? field : null));
        if (!_holders.TryGetValue(inner, out var holders)) _holders[inner] = holders = [];
        holders.Add(holder);
        return inner;
    }

    void Complete(AvroStep step, Place place)
    {
        var node = place.Node;
        var whole = place.Whole >= 0 || place.State is null ? place.Whole : _paths.Whole(place.State);
        var finders = whole >= 0 ? 0 : place.Finders | (place.State is null ? 0 : _paths.Finders(place.State));
        (step.Rule, step.Finders) = (whole, finders);
        place = place with { State = whole >= 0 ? null : place.State, Whole = whole, Finders = step.Finders };
        var rule = whole >= 0 ? _rules[whole] : null;
        if (rule?.Action.Kind == MaskingKind.Drop) Go(step, place, rule);
        else if (node.Type is AvroType.Record or AvroType.Array or AvroType.Map or AvroType.Union) Hold(step, place, rule);
        else if (rule is not null && node.Type != AvroType.Null) AvroLeaf.Decide(step, rule, place.MayBeNull);
        else if (finders != 0 && node.IsText) step.Fate = AvroFate.Find;
        // What is replaced is passed over before.
        if (step.Fate is AvroFate.Constant or AvroFate.Null or AvroFate.Gone) step.Plain = PlainOf(node);
    }

    /// <summary>A value that a rule drops.</summary>
    void Go(AvroStep step, Place place, MaskingRule rule)
    {
        var node = place.Node;
        if (node.Type == AvroType.Null) return;
        if (node.Type == AvroType.Union && node.NullBranch >= 0)
        {
            step.Inner = [.. node.Inner.Select(branch => branch.Type == AvroType.Null ? PlainOf(branch) : Gone(branch, AvroFate.Null, step.Rule))];
            step.Masks = true;
        }
        else if (place.Field?.Default is { } otherwise && AvroDefault.Bytes(node, otherwise) is { } bytes)
        {
            (step.Fate, step.Constant) = (AvroFate.Constant, bytes);
        }
        else
        {
            step.Fate = AvroFate.Refuse;
            var what = place.Field is { } field ? $"the field {field.Name}" : $"a value of type {AvroLeaf.Described(node)}";
            step.Fault = $"rule {rule.Name} drops {what}, which has neither null among its types nor a default: let it redact";
        }
    }

    AvroStep Gone(AvroNode node, AvroFate fate, int rule) => new() { Node = node, Fate = fate, Rule = rule, Plain = PlainOf(node), Masks = true };

    void Hold(AvroStep step, Place place, MaskingRule? rule)
    {
        var (node, state) = (place.Node, place.State);
        // Redacted, what holds others is null or empty, and a record has nothing that says anything in it.
        if (rule?.Action.Kind == MaskingKind.Redact && (node.Type is AvroType.Array or AvroType.Map || node.Type == AvroType.Record && place.MayBeNull))
        {
            AvroLeaf.Decide(step, rule, place.MayBeNull);
            return;
        }

        switch (node.Type)
        {
            case AvroType.Record:
                step.Inner = [.. node.Fields.Where(f => !f.Node.IsEmpty).Select(f => Within(step, place, f.Node, state?.Member(f.Utf8), field: f))];
                break;
            case AvroType.Union:
                var hasNull = node.NullBranch >= 0;
                step.Inner = [.. node.Inner.Select(branch => Within(step, place, branch, state, hasNull))];
                break;
            case AvroType.Array:
                if (IsDropped(state?.Other) is >= 0 and var gone) (step.Fate, step.Constant, step.Rule) = (AvroFate.Constant, [0], gone);
                else step.Inner = [Within(step, place, node.Inner[0], state?.Other)];
                break;
            default:
                HoldEntries(step, place, rule);
                break;
        }
    }

    void HoldEntries(AvroStep map, Place place, MaskingRule? rule)
    {
        var (node, state) = (place.Node.Inner[0], place.State);
        PathState?[] states = state is null ? [null] : [.. state.Named, state.Other];
        map.Keys = state?.Names ?? [];
        map.Inner = [.. states.Select(s => IsDropped(s) is >= 0 and var gone ? Gone(node, AvroFate.Gone, gone) : Within(map, place, node, s))];
        map.LosesEntries = map.Inner.Any(inner => inner.Fate == AvroFate.Gone);
        foreach (var inner in map.LosesEntries ? map.Inner : []) inner.Plain ??= PlainOf(node);
        var key = new AvroNode(AvroType.String);
        if (rule is not null) map.KeyStep = new() { Node = key, Rule = map.Rule, Fate = AvroFate.Text, Masks = true };
        else if (map.Finders != 0) map.KeyStep = new() { Node = key, Finders = map.Finders, Fate = AvroFate.Find, Masks = true };
        map.Masks = map.LosesEntries || map.KeyStep is not null;
    }

    int IsDropped(PathState? state) =>
        state is not null && _paths.Whole(state) is >= 0 and var rule && _rules[rule].Action.Kind == MaskingKind.Drop ? rule : -1;

    void SpreadMasks()
    {
        var masking = new Queue<AvroStep>(_steps.Values.Where(step => step.Masks || step.Fate != AvroFate.Keep));
        while (masking.TryDequeue(out var step))
        {
            step.Masks = true;
            foreach (var holder in _holders.GetValueOrDefault(step) ?? [])
            {
                if (!holder.Masks) masking.Enqueue(holder);
            }

            _holders.Remove(step);
        }
    }

    sealed class TooManyStepsException : Exception;
}
