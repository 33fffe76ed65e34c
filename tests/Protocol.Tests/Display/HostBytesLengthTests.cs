using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.StateSync;
using MoshBroker.Protocol.Wire;
using Xunit;
using Xunit.Abstractions;

namespace MoshBroker.Protocol.Tests.Display;

/// <summary>Our diffs against those of the stock server: the same frame before, the same frame after.</summary>
public sealed class HostBytesLengthTests(ITestOutputHelper output)
{
    [Fact]
    public void Over_all_recorded_sessions_our_host_bytes_are_no_longer_than_the_stock_servers()
    {
        long ours = 0;
        long stock = 0;
        int diffs = 0;
        foreach (string name in RecordedSession.Names())
        {
            RecordedSession session = RecordedSession.Read(name);
            Dictionary<ulong, Emulator> states = new() { [0] = new Emulator(session.Columns, session.Rows) };
            long oursHere = 0;
            long stockHere = 0;
            foreach (RecordedInstruction instruction in session.Datagrams
                .Where(d => d.Direction == Direction.ServerToClient && d.Instruction is not null).Select(d => d.Instruction!))
            {
                // Whatever the network lost: the server made every one of them, from a state that it had.
                Emulator source = states[instruction.OldNum];
                Emulator target = source.Clone();
                int length = Apply(instruction.Diff, target);
                states[instruction.NewNum] = target;
                if (length == 0 && source.Frame.ContentEquals(target.Frame))
                    continue;

                diffs++;
                stockHere += length;
                oursHere += FrameDiffs.Apply(source.Frame, target.Frame, source.Clone());
            }

            output.WriteLine($"{name}: ours {oursHere}, stock {stockHere}");
            ours += oursHere;
            stock += stockHere;
        }

        output.WriteLine($"{diffs} diffs: ours {ours} bytes, stock {stock} bytes");
        Assert.InRange(diffs, 300, int.MaxValue);
        Assert.InRange(ours, 1, stock);
    }

    private static int Apply(byte[] diff, Emulator client)
    {
        int length = 0;
        HostMessageReader message = new(diff);
        while (message.TryNext())
        {
            if (message.Kind == HostInstructionKind.Resize)
                client.Resize(message.Columns, message.Rows);
            if (message.Kind != HostInstructionKind.HostBytes)
                continue;
            client.Write(message.HostBytes);
            length += message.HostBytes.Length;
        }

        Assert.False(message.IsMalformed);
        return length;
    }
}
