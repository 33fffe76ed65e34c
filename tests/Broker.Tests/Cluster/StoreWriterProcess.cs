using System.Globalization;
using MoshBroker.Cluster;

namespace MoshBroker.Broker.Tests.Cluster;

/// <summary>A process that draws epochs without end, several sessions at once, and says each one after its commit: something to kill.</summary>
internal static class StoreWriterProcess
{
    private const int Sessions = 8;

    public static async Task<int> RunAsync(string file)
    {
        await using SqliteStore store = SqliteStore.Open(file, TimeProvider.System);
        await using Stream output = Console.OpenStandardOutput();
        using StreamWriter lines = new(output);
        Lock oneLine = new();
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => DrawAsync()));
        return 0;

        async Task DrawAsync()
        {
            NewSession session = new(1, "a", "sh", new NewChannel(60001, _ => [1, 2, 3]));
            SessionGrant grant = await store.CreateSessionAsync(session, default);
            long epoch = grant.Epoch;
            while (true)
            {
                lock (oneLine)
                {
                    lines.Write(string.Create(CultureInfo.InvariantCulture, $"{grant.SessionId} {epoch}\n"));
                    lines.Flush();
                }

                epoch = (await store.DrawEpochAsync(grant.SessionId, 1, epoch, default)).Epoch;
            }
        }
    }
}
