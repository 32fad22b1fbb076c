using Gateway.Protocols;

namespace Gateway.Actors.Protocol;

/// <summary>The part of the relay that has a direction wait, read no further, while the schemas of its payloads are asked for.</summary>
public sealed partial class RelayStage
{
    sealed partial class Logic
    {
        Action<(Half Half, string? Fault)>? _schemasAsked;

        void AskForSchemas(Half half)
        {
            if (_isOver || half.AsksForSchemas || _conversation.AwaitedSchemas(half.Direction) is not { Count: > 0 } ids) return;
            half.AsksForSchemas = true;
            _schemasAsked ??= GetAsyncCallback<(Half, string?)>(SchemasAsked);
            _ = TellAsync(half, ids);

            async Task TellAsync(Half waiting, IReadOnlyCollection<int> asked)
            {
                string? fault = null;
                try
                {
                    await _rules.Schemas(asked).ConfigureAwait(false);
                }
                catch (Exception unexpected)
                {
                    fault = unexpected.GetBaseException().GetType().Name;
                }

                _schemasAsked((waiting, fault));
            }
        }

        void SchemasAsked((Half Half, string? Fault) asked)
        {
            var half = asked.Half;
            half.AsksForSchemas = false;
            if (_isOver) return;
            if (asked.Fault is not null)
            {
                Refuse(Refusal.InternalFault, asked.Fault);
                return;
            }

            // What is not known by now is not to be had.
            Settle(_conversation.GoOn(half.Direction, _output));
            if (half.AsksForSchemas || !half.FinishedEarly) return;
            half.FinishedEarly = false;
            Finished(half);
        }
    }
}
