using MoshBroker.Protocol.Datagrams;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.Datagrams;

public sealed class FragmentAssemblyProperties
{
    [Fact]
    public void Fragments_in_any_order_and_repeated_give_the_instruction_that_was_cut()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            SeededRandom random = new(seed);
            byte[] instruction = random.Bytes(1 + random.Next(5000));
            List<byte[]> fragments = Cut(instruction, 1 + random.Next(600), 7);
            fragments.AddRange(fragments.Where(_ => random.Happens(0.3)).ToList());
            byte[][] shuffled = [.. fragments.OrderBy(_ => random.Next(1_000_000))];

            using FragmentAssembly assembly = new();
            bool isComplete = false;
            foreach (byte[] bytes in shuffled)
            {
                Assert.True(FragmentView.TryParse(bytes, out FragmentView fragment));
                if (assembly.Add(fragment, out ReadOnlySpan<byte> whole) == FragmentOutcome.Complete)
                {
                    Assert.True(whole.SequenceEqual(instruction), $"seed {seed}");
                    isComplete = true;
                    break;
                }
            }

            Assert.True(isComplete, $"seed {seed}");
        }
    }

    [Fact]
    public void Any_fragments_are_kept_within_the_limit_or_refused()
    {
        SeededRandom random = new(1);
        using FragmentAssembly assembly = new();
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = random.Bytes(random.Next(40) == 0 ? 1200 : random.Next(30));

            // Few ids and numbers, so that they meet.
            for (int at = 0; at < Math.Min(bytes.Length, 8); at++)
                bytes[at] = (byte)(at == 7 ? random.Next(50) / 49 : 0);
            if (bytes.Length > 9 && random.Happens(0.8))
                (bytes[8], bytes[9]) = ((byte)(random.Next(30) == 0 ? 0x80 : 0), (byte)random.Next(20));
            bool isFragment = FragmentView.TryParse(bytes, out FragmentView fragment);
            Assert.Equal(bytes.Length >= FragmentView.HeaderLength, isFragment);
            if (isFragment && assembly.Add(fragment, out _) is FragmentOutcome.Complete or FragmentOutcome.TooLong)
                assembly.Clear();
            Assert.InRange(assembly.HeldLength, 0, ZlibCodec.MaxLength);
        }
    }

    [Fact]
    public void Another_id_discards_what_was_under_way_and_a_cleared_assembly_holds_nothing()
    {
        List<byte[]> first = Cut(new byte[100], 40, 1);
        List<byte[]> second = Cut(new byte[90], 40, 2);
        using FragmentAssembly assembly = new();
        Assert.Equal(FragmentOutcome.Incomplete, Add(assembly, first[0]));
        Assert.Equal(FragmentOutcome.Incomplete, Add(assembly, second[0]));
        Assert.Equal(40, assembly.HeldLength);
        Assert.Equal(FragmentOutcome.Incomplete, Add(assembly, first[1]));
        Assert.Equal(FragmentOutcome.Incomplete, Add(assembly, first[2]));
        assembly.Clear();
        Assert.Equal(0, assembly.HeldLength);
    }

    private static FragmentOutcome Add(FragmentAssembly assembly, byte[] bytes)
    {
        Assert.True(FragmentView.TryParse(bytes, out FragmentView fragment));
        return assembly.Add(fragment, out _);
    }

    private static List<byte[]> Cut(byte[] instruction, int pieceLength, ulong id)
    {
        List<byte[]> fragments = [];
        using Fragmenter fragmenter = new();
        Assert.True(fragmenter.TryBegin(id, instruction, pieceLength));
        while (fragmenter.TryNext(out ReadOnlySpan<byte> piece, out bool isFinal))
        {
            byte[] packet = new byte[PacketWriter.Length(piece.Length)];
            PacketWriter.Write(packet, 0, 0, id, fragmenter.Number, isFinal, piece);
            fragments.Add(packet[PacketView.HeaderLength..]);
        }

        return fragments;
    }
}
