using System.Runtime.InteropServices;
using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

public sealed partial class CharacterWidthTests
{
    private const int LcCtype = 0;

    [Fact]
    public void Every_code_point_is_as_wide_as_the_c_library_says()
    {
        // On another library than the table's (glibc 2.36) newer characters differ: then the samples below must do.
        if (setlocale(LcCtype, "C.UTF-8") == 0 || !string.Equals(Marshal.PtrToStringAnsi(gnu_get_libc_version()), "2.36", StringComparison.Ordinal))
            return;

        List<string> wrong = [];
        for (int c = 0x100; c <= 0x10ffff; c++)
        {
            int expected = wcwidth(c);
            if (CharacterWidth.Of(c) != expected)
                wrong.Add($"{c:X}: {CharacterWidth.Of(c)}, not {expected}");
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData('A', 1)]
    [InlineData(0x7f, -1)]
    [InlineData(0x85, -1)]
    [InlineData(0xad, 1)]
    [InlineData(0x301, 0)]
    [InlineData(0x200d, 0)]
    [InlineData(0x1160, 0)]
    [InlineData(0x2028, -1)]
    [InlineData(0x4e00, 2)]
    [InlineData(0xd800, -1)]
    [InlineData(0xfffd, 1)]
    [InlineData(0xfffe, -1)]
    [InlineData(0x1f600, 2)]
    [InlineData(0x1fae8, -1)]
    [InlineData(0xe0001, 0)]
    [InlineData(0x10fffd, 1)]
    [InlineData(0x10ffff, -1)]
    public void Samples_have_the_width_of_the_specification(int codePoint, int width) =>
        Assert.Equal(width, CharacterWidth.Of(codePoint));

    [Fact]
    public void Ascii_and_common_scripts_are_undisputed_and_new_emoji_are_not()
    {
        foreach (int c in new[] { 'A', 0xe9, 0x416, 0x4e2d, 0xac00, 0x2500, 0x1f600 })
            Assert.False(CharacterWidth.IsDisputed(c), $"{c:X}");
        foreach (int c in new[] { 0xad, 0x1fae0, 0x1f1e6, 0xe000 })
            Assert.True(CharacterWidth.IsDisputed(c), $"{c:X}");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint setlocale(int category, string locale);

    [LibraryImport("libc")]
    private static partial int wcwidth(int c);

    [LibraryImport("libc")]
    private static partial nint gnu_get_libc_version();
}
