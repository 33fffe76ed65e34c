using System.Text;
using System.Text.Json;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>What a session's loop allocates, measured on its own thread with a real socket and a real terminal, stays within budgets.json.</summary>
public sealed class SessionBudgetTests : IDisposable
{
    private const int WarmUps = 60;
    private const int OperationsPerRound = 30;

    // A collection may empty the shared array pool in mid-round, and a busy machine keeps more frames under way than were ever before; the
    // steady state is what the best round shows. What really allocates does so in every one.
    private const int Rounds = 20;

    private readonly RealSession _session = new();
    private readonly RealSession _surviving = new(survives: true);

    [Fact]
    public void A_key_that_is_journalled_and_checkpointed_on_its_way() => Check("KeyAndEcho", _surviving, _surviving.TypeAndSee);

    [Fact]
    public void A_key_from_its_datagram_to_the_terminal_and_back_as_a_frame() => Check("KeyAndEcho", _session, _session.TypeAndSee);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Output_from_the_terminal_to_the_client(bool survives)
    {
        RealSession session = survives ? _surviving : _session;
        StringBuilder lines = new();
        for (int i = 0; i < 60; i++) { lines.Append("\e[3").Append(i % 8).Append("mline of output ").Append(i).Append("\e[0m and more of it\n"); }
        byte[] output = Encoding.ASCII.GetBytes(lines.ToString());
        int printed = 0;
        Check("OutputRead", session, () =>
        {
            // Another screen each time, or there would be no frame to wait for.
            output[^2] = (byte)('a' + (printed++ % 26));
            session.PrintAndSee(output);
        });
    }

    public void Dispose()
    {
        _session.Dispose();
        _surviving.Dispose();
    }

    private static void Check(string operation, RealSession session, Action run)
    {
        for (int i = 0; i < WarmUps; i++) { run(); }
        long budget = Budgets()[operation];
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > budget * OperationsPerRound; round++)
        {
            long before = AllocationProbe.Ask(session.Loop);
            for (int i = 0; i < OperationsPerRound; i++) { run(); }
            least = Math.Min(least, AllocationProbe.Ask(session.Loop) - before);
        }

        Assert.True(least <= budget * OperationsPerRound, $"{operation} allocates {least / OperationsPerRound} bytes, {budget} are allowed");
    }

    private static Dictionary<string, long> Budgets()
    {
        using JsonDocument budgets = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "budgets.json")));
        return budgets.RootElement.GetProperty("session").Deserialize<Dictionary<string, long>>()!;
    }
}
