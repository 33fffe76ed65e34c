using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

public sealed class SenderRuleTests
{
    [Fact]
    public void Chaff_has_every_length_from_none_to_sixteen_and_repeats_nothing()
    {
        using ServerEnd end = new();
        end.Take(end.Peer.Say(0, 1));
        List<HeardInstruction> heard = [];
        for (ulong i = 0; i < 600; i++)
        {
            end.Screen.Set([(byte)i]);
            heard.AddRange(end.Hear(300).Select(h => h.Said));
            end.Take(end.Peer.Say(1, 2 + i, heard[^1].NewNum));
        }

        Assert.Equal(Enumerable.Range(0, 17), heard.Select(h => h.Chaff.Length).Distinct().Order());
        string[] full = [.. heard.Where(h => h.Chaff.Length >= 8).Select(h => Convert.ToHexString(h.Chaff))];
        Assert.Equal(full.Length, full.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void What_is_thrown_away_is_never_above_the_source_nor_above_what_was_acknowledged()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            using ServerEnd end = new(seed);
            SeededRandom random = new(seed);
            end.Take(end.Peer.Say(0, 1));
            List<ulong> said = [0];
            ulong acknowledged = 0;
            ulong newest = 0;
            ulong sequence = 0;
            for (ulong i = 0; i < 100; i++)
            {
                end.Screen.Set(random.Bytes(10));
                foreach ((_, HeardInstruction heard) in end.Hear(1 + random.Next(400)))
                {
                    Assert.InRange(heard.ThrowawayNum, 0ul, heard.OldNum);
                    Assert.InRange(heard.ThrowawayNum, 0ul, acknowledged);
                    Assert.Contains(heard.OldNum, said);
                    Assert.InRange(heard.NewNum, Math.Max(newest, heard.OldNum), ulong.MaxValue);
                    Assert.Equal(sequence++, heard.Sequence);
                    newest = heard.NewNum;
                    said.Add(newest);
                }

                ulong ack = said[random.Next(said.Count)];
                acknowledged = Math.Max(acknowledged, ack);
                end.Take(end.Peer.Say(1, 2 + i, ack));
            }
        }
    }

    [Fact]
    public void When_the_list_of_sent_states_is_full_one_in_the_middle_goes_whose_ack_is_then_ignored()
    {
        using ServerEnd end = new();
        end.Take(end.Peer.Say(0, 1));
        List<ulong> numbers = [];
        for (ulong i = 0; i < 40; i++)
        {
            end.Screen.Set([(byte)i, 1]);
            numbers.AddRange(end.Hear(300).Select(h => h.Said.NewNum));
            end.Take(end.Peer.Say(1, 2 + i));
            Assert.InRange(end.Transport.OutstandingStates, 1, 31);
        }

        numbers = [.. numbers.Distinct()];
        Assert.Equal(31, end.Transport.OutstandingStates);

        // The oldest are kept, and the newest; which in between are gone shows in the acks that do nothing.
        ulong[] ignored = [.. numbers.Where(number => !Acknowledges(end, number))];
        Assert.Equal(numbers.Count - 31, ignored.Length);
        Assert.DoesNotContain(numbers[0], ignored);
        Assert.DoesNotContain(numbers[^1], ignored);
        Assert.Equal(numbers[^1], end.Transport.AcknowledgedNumber);
        Assert.Equal(EndReason.None, end.Transport.EndReason);
    }

    [Fact]
    public void A_state_that_goes_back_to_what_was_acknowledged_is_sent_with_the_next_frame()
    {
        using ServerEnd end = new();
        end.Take(end.Peer.Say(0, 1, diff: HandMadePeer.Keys("a"u8)));
        end.Screen.Set("A"u8);
        ulong acknowledged = end.Hear(300)[^1].Said.NewNum;
        end.Take(end.Peer.Say(1, 2, acknowledged));
        end.Screen.Set("AB"u8);
        ulong other = end.Hear(300)[^1].Said.NewNum;
        end.Screen.Set("A"u8);
        HeardInstruction back = end.Hear(300)[^1].Said;
        Assert.InRange(back.NewNum, other + 1, ulong.MaxValue);
        Assert.Equal(acknowledged, back.OldNum);
        Assert.Empty(back.Diff);
    }

    private static bool Acknowledges(ServerEnd end, ulong number)
    {
        end.Take(end.Peer.Say(1, 1, number));
        return end.Transport.AcknowledgedNumber == number;
    }
}
