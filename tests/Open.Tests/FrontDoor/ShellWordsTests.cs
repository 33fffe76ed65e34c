using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Open.FrontDoor;

namespace MoshBroker.Open.Tests.FrontDoor;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\n ", "")]
    [InlineData("a  b\tc\nd", "a|b|c|d")]
    [InlineData("'a b' c", "a b|c")]
    [InlineData("''", "")]
    [InlineData("a''b", "ab")]
    [InlineData("'it'\\''s'", "it's")]
    [InlineData("\"a \\\" \\\\ \\$ \\` \\n b\"", "a \" \\ $ ` \\n b")]
    [InlineData("a\\ b", "a b")]
    [InlineData("$(id) `id` ; & | > * ~ $HOME", "$(id)|`id`|;|&|\\||>|*|~|$HOME")]
    public void Words_are_split_and_nothing_in_them_means_anything(string text, string words)
    {
        Assert.True(ShellWords.TrySplit(Encoding.UTF8.GetBytes(text), onlyQuoted: false, out byte[][] found));
        Assert.Equal(words, string.Join('|', found.Select(word => Encoding.UTF8.GetString(word).Replace("|", "\\|", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("'a")]
    [InlineData("a'")]
    [InlineData("\"a")]
    [InlineData("\"a\\\"")]
    [InlineData("a\\")]
    public void What_does_not_end_is_refused(string text)
    {
        Assert.False(ShellWords.TrySplit(Encoding.UTF8.GetBytes(text), onlyQuoted: false, out byte[][] found));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("'a' b")]
    [InlineData("'a'b")]
    [InlineData("'a';'b'")]
    [InlineData("\"a\"")]
    [InlineData("'a'\\b")]
    public void Where_all_is_quoted_a_bare_letter_is_refused(string text) =>
        Assert.False(ShellWords.TrySplit(Encoding.UTF8.GetBytes(text), onlyQuoted: true, out _));

    [Fact]
    public void What_the_wrapper_quotes_comes_back_byte_for_byte() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), given =>
        {
            byte[] text = [.. given.SelectMany(word => (byte[])[.. "'"u8, .. word.SelectMany(b => b == '\'' ? "'\\''"u8.ToArray() : [b]), .. "' "u8])];
            return ShellWords.TrySplit(text, onlyQuoted: true, out byte[][] words) && words.Select(Convert.ToHexString).SequenceEqual(given.Select(Convert.ToHexString));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_split_or_refused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<bool>(), (text, onlyQuoted) =>
            ShellWords.TrySplit(text, onlyQuoted, out byte[][] words) ? words.Sum(word => word.Length) <= text.Length : words.Length == 0).QuickCheckThrowOnFailure();
}
