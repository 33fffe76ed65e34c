using System.Diagnostics;
using System.Globalization;
using MoshBroker.Cluster;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

/// <summary>What a SIGKILL in mid-write leaves behind. (A power cut is another matter: this kernel goes on, and with it its page cache.)</summary>
public sealed class SqliteStoreCrashTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private string File => Path.Combine(_folder.Path, "sessions.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(9)]
    [InlineData(60)]
    [InlineData(301)]
    public async Task An_epoch_that_was_told_survives_a_kill_and_is_never_drawn_again(int linesBeforeKill)
    {
        Dictionary<string, long> told = await WriteUntilKilledAsync(linesBeforeKill);
        Assert.NotEmpty(told);

        // A clock that went back to the first day of 2026 must not matter either.
        await using SqliteStore store = SqliteStore.Open(File, new SettableClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        foreach ((string id, long epoch) in told)
        {
            SessionRow row = (await store.FindAsync(id, default))!;
            Assert.True(row.Epoch >= epoch, $"{id}: stored {row.Epoch}, told {epoch}");
            EpochDraw next = await store.DrawEpochAsync(id, 1, row.Epoch, default);
            Assert.Equal(new EpochDraw(FencedOutcome.Done, row.Epoch + 1), next);
        }
    }

    [Fact]
    public async Task A_killed_broker_does_not_block_the_next_one_which_takes_its_leftovers_over()
    {
        Dictionary<string, long> told = await WriteUntilKilledAsync(30);
        await using SqliteStore store = SqliteStore.Open(File, TimeProvider.System);

        IReadOnlyList<SessionRow> taken = await store.ClaimLeftoversAsync(new NodeIncarnation("a", 0), default);
        Assert.InRange(taken.Count, told.Count, 8);
        Assert.All(taken.Where(row => told.ContainsKey(row.Id)), row => Assert.True(row.Epoch > told[row.Id]));
    }

    /// <summary>The last epoch told of each session, from a process killed after so many lines.</summary>
    private async Task<Dictionary<string, long>> WriteUntilKilledAsync(int lines)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in new[] { "exec", typeof(SqliteStoreCrashTests).Assembly.Location, "store-writer", File }) { start.ArgumentList.Add(argument); }
        using Process writer = Process.Start(start)!;
        Dictionary<string, long> told = new(StringComparer.Ordinal);
        int read = 0;
        try
        {
            // What is in the pipe after the kill was told as well.
            while (await writer.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
            {
                if (++read == lines) { writer.Kill(); }
                string[] words = line.Split(' ');
                if (words is not [{ Length: 8 } id, { Length: > 0 } number]) { continue; }
                long epoch = long.Parse(number, CultureInfo.InvariantCulture);
                Assert.True(epoch > told.GetValueOrDefault(id), $"{id}: {epoch} after {told.GetValueOrDefault(id)}");
                told[id] = epoch;
            }
        }
        finally
        {
            if (!writer.HasExited) { writer.Kill(); }
            await writer.WaitForExitAsync();
        }

        Assert.True(read >= lines, $"the writer ended by itself after {read} lines");
        return told;
    }
}
