namespace Gateway.Actors.Certificates.Acme;

/// <summary>
/// One order from its names to its certificate (RFC 8555 section 7.4): the names are proved, the request is handed in, the chain is fetched. It waits as
/// long as the server wants, within bounds, and at most <see cref="AcmeLimits.Order"/> in all.
/// </summary>
sealed class AcmeIssuing(AcmeClient client, AcmeChallengeKind kind, IChallengeAnswers answers, TimeProvider time)
{
    readonly List<PendingChallenge> _offered = [];

    /// <returns>The chain in DER, the certificate first; it is for the request's key and names.</returns>
    public async Task<IReadOnlyList<byte[]>> IssueAsync(AcmeRequest request, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(AcmeLimits.Order, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            return await RunAsync(request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new AcmeException($"the order is not fulfilled within {AcmeLimits.Order.TotalMinutes:0} minutes", e);
        }
        finally
        {
            foreach (var offered in _offered) answers.Withdraw(offered);
        }
    }

    async Task<IReadOnlyList<byte[]>> RunAsync(AcmeRequest request, CancellationToken cancel)
    {
        var order = await OrderAsync(request, cancel).ConfigureAwait(false);
        if (order.Status == "pending")
        {
            await ProveAsync(order, request.Names, cancel).ConfigureAwait(false);
            order = await UntilAsync(order, "pending", cancel).ConfigureAwait(false);
        }

        if (order.Status == "ready") order = await client.FinalizeAsync(order, request.Csr, cancel).ConfigureAwait(false);
        order = await UntilAsync(order, "processing", cancel).ConfigureAwait(false);
        if (order.Status != "valid") throw Failed($"the order is {order.Status}", order.Problem);
        var certificate = order.Certificate ?? throw new AcmeException("the order is valid and names no certificate");
        var chain = await client.DownloadAsync(certificate, request.PreferredRoot, cancel).ConfigureAwait(false);
        return AcmeChain.Problem(chain, request.PublicKeyInfo, request.Names) is { } problem ? throw new AcmeException(problem) : chain;
    }

    // RFC 9773 section 5: a certificate is replaced once; what a lost answer replaced already is renewed all the same.
    async Task<AcmeOrder> OrderAsync(AcmeRequest request, CancellationToken cancel)
    {
        var replaces = client.Directory.RenewalInfo is null ? null : request.Replaces;
        try
        {
            return await client.OrderAsync(request.Names, replaces, cancel).ConfigureAwait(false);
        }
        catch (AcmeException e) when (replaces is not null && e.Problem is "alreadyReplaced" or "malformed" or "unauthorized")
        {
            return await client.OrderAsync(request.Names, replaces: null, cancel).ConfigureAwait(false);
        }
    }

    // All at once, as the server may: a certificate of many names takes as long as its slowest.
    async Task ProveAsync(AcmeOrder order, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var running = new List<AcmeAuthorization>();
        foreach (var url in order.Authorizations)
        {
            var authorization = await client.ReadAuthorizationAsync(url, cancel).ConfigureAwait(false);
            if (authorization.Status == "valid") continue;
            await BeginAsync(authorization, names, cancel).ConfigureAwait(false);
            running.Add(authorization);
        }

        foreach (var authorization in running) await FinishAsync(authorization, cancel).ConfigureAwait(false);
    }

    async Task BeginAsync(AcmeAuthorization authorization, IReadOnlyList<string> names, CancellationToken cancel)
    {
        // Whoever asks is told a challenge's answer: only for names that were ordered.
        var name = names.FirstOrDefault(name => name.Equals(authorization.Name, StringComparison.OrdinalIgnoreCase))
            ?? throw new AcmeException("the server wants a name proved that was not ordered");
        if (authorization.Status != "pending") throw Failed($"the authorization of {name} is {authorization.Status}", authorization.Problem);
        var challenge = authorization.Challenges.FirstOrDefault(challenge => challenge.Type == kind.Word())
            ?? throw new AcmeException($"the server does not offer {kind.Word()} for {name}");
        await OfferAsync(name, challenge, cancel).ConfigureAwait(false);
        await client.ValidateAsync(challenge, cancel).ConfigureAwait(false);
    }

    async Task FinishAsync(AcmeAuthorization authorization, CancellationToken cancel)
    {
        for (var looks = 0; authorization.Status == "pending"; looks++)
        {
            await Task.Delay(RetryAfter.BeforePoll(authorization.RetryAfter, looks), time, cancel).ConfigureAwait(false);
            authorization = await client.ReadAuthorizationAsync(authorization.Url, cancel).ConfigureAwait(false);
        }

        if (authorization.Status != "valid")
            throw Failed($"{AcmeText.Printable(authorization.Name, 255)} could not be validated by {kind.Word()}", authorization.Problem);
    }

    Task OfferAsync(string name, AcmeChallenge challenge, CancellationToken cancel)
    {
        var pending = new PendingChallenge(kind, name, challenge.Token, client.Authorize(challenge.Token), time.GetUtcNow() + AcmeLimits.Order);
        _offered.Add(pending);
        return answers.OfferAsync(pending, cancel);
    }

    async Task<AcmeOrder> UntilAsync(AcmeOrder order, string passing, CancellationToken cancel)
    {
        for (var looks = 0; order.Status == passing; looks++)
        {
            await Task.Delay(RetryAfter.BeforePoll(order.RetryAfter, looks), time, cancel).ConfigureAwait(false);
            order = await client.ReadOrderAsync(order.Url, cancel).ConfigureAwait(false);
        }

        return order;
    }

    static AcmeException Failed(string what, AcmeProblem problem) =>
        problem.Explanation.Length == 0 ? new($"{what}, the server does not say why") : new($"{what} ({problem.Explanation})", problem, retryAfter: null);
}

/// <summary>A certificate that is wanted.</summary>
/// <param name="Names">DNS names and addresses, lower case.</param>
/// <param name="Csr">PKCS #10 in DER for these names.</param>
/// <param name="PublicKeyInfo">The request's key (SubjectPublicKeyInfo in DER).</param>
/// <param name="Replaces">The certificate it takes the place of, see <see cref="AcmeRenewalInfo.IdOf"/>; null for none.</param>
/// <param name="PreferredRoot">The common name of the root that the chain should lead to; null for any.</param>
sealed record AcmeRequest(IReadOnlyList<string> Names, byte[] Csr, byte[] PublicKeyInfo, string? Replaces = null, string? PreferredRoot = null);
