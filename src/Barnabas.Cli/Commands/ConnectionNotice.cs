using System.Collections.Concurrent;
using System.Globalization;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>
/// Says at the first failed attempt which broker cannot be reached and how long that will be tried, so that nobody sits
/// before a silent command; then at most once a minute for each address. From any thread.
/// </summary>
/// <param name="patience">How long the command goes on; null until it is interrupted.</param>
internal sealed class ConnectionNotice(Messages messages, TimeSpan? patience, TimeProvider time)
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<BrokerAddress, long> _toldAt = new();

    public void Tell(ConnectionFailure failure)
    {
        long now = time.GetTimestamp();
        if (_toldAt.TryGetValue(failure.Address, out long before) && time.GetElapsedTime(before, now) < Silence)
        {
            return;
        }

        _toldAt[failure.Address] = now;
        string end = patience is { } limit
            ? string.Create(CultureInfo.InvariantCulture, $"for up to {limit.TotalSeconds:0.###} s")
            : "until it answers; Ctrl+C ends this";
        messages.Warning($"{failure.Error.Message}. Trying again {end}.");
    }
}
