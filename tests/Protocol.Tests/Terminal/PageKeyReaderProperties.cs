using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

public sealed partial class PageKeyReaderProperties
{
    // What keys are made of, so that whole ones and all their beginnings are frequent.
    private const string Alphabet = "\e\e[[56;23~~xOI";

    private static readonly Arbitrary<(string Keys, int[] Cuts)> Typed = Arb.From(
        from keys in Gen.ArrayOf(Gen.Frequency((4, Gen.Elements(Alphabet.ToCharArray()).Select(c => c.ToString())), (1, Gen.Elements("\e[5;2~", "\e[6;2~", "\e[5;3~", "\e[6;3~", "\e[I", "\e[O"))))
        from cuts in Gen.ArrayOf(Gen.Choose(1, 5))
        select (string.Concat(keys), cuts));

    [Fact]
    public void Cut_in_any_way_the_keys_are_found_and_all_else_passes_in_order() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Typed, typed =>
        {
            string expected = Keys().Replace(typed.Keys, key => key.Value[2] == '5' ? "<up>" : "<down>");
            Assert.Equal(expected, Read(typed.Keys, typed.Cuts, readsFocus: false));
        }));

    [Fact]
    public void Reports_of_the_keyboard_are_told_apart_from_keys() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Typed, typed =>
        {
            string expected = KeysAndReports().Replace(typed.Keys, key => key.Value[2] switch { '5' => "<up>", '6' => "<down>", 'I' => "<in>", _ => "<out>" });
            Assert.Equal(expected, Read(typed.Keys, typed.Cuts, readsFocus: true));
        }));

    [Theory]
    [InlineData("\e")]
    [InlineData("\e[")]
    [InlineData("\e[6;")]
    [InlineData("\e[5;3")]
    public void What_is_held_goes_on_in_another_reader_that_takes_the_state(string held)
    {
        PageKeyReader first = new();
        ReadOnlySpan<byte> keys = Encoding.ASCII.GetBytes(held);
        Assert.Equal(PageKey.None, first.Read(ref keys, readsFocus: false, out _, out ReadOnlySpan<byte> passed));
        Assert.True(passed.IsEmpty);
        PageKeyReader second = new() { State = first.State };
        Assert.Equal(held, Encoding.ASCII.GetString(second.Held));
        Assert.Equal(held, Encoding.ASCII.GetString(second.Release()));
        Assert.True(second.Held.IsEmpty);
    }

    private static string Read(string keys, int[] cuts, bool readsFocus)
    {
        PageKeyReader reader = new();
        StringBuilder seen = new();
        int cut = 0;
        for (int at = 0; at < keys.Length;)
        {
            int length = Math.Min(cuts.Length == 0 ? keys.Length : cuts[cut++ % cuts.Length], keys.Length - at);
            ReadOnlySpan<byte> rest = Encoding.ASCII.GetBytes(keys.Substring(at, length));
            at += length;
            while (!rest.IsEmpty)
            {
                PageKey key = reader.Read(ref rest, readsFocus, out ReadOnlySpan<byte> before, out ReadOnlySpan<byte> passed);
                seen.Append(Encoding.ASCII.GetString(before)).Append(Encoding.ASCII.GetString(passed));
                seen.Append(key switch { PageKey.Up => "<up>", PageKey.Down => "<down>", PageKey.FocusIn => "<in>", PageKey.FocusOut => "<out>", _ => "" });
            }
        }

        return seen.Append(Encoding.ASCII.GetString(reader.Release())).ToString();
    }

    [GeneratedRegex("\e\\[[56];[23]~")]
    private static partial Regex Keys();

    [GeneratedRegex("\e\\[([56];[23]~|I|O)")]
    private static partial Regex KeysAndReports();
}
