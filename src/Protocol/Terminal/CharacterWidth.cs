using System.Runtime.CompilerServices;

namespace MoshBroker.Protocol.Terminal;

/// <summary>How many columns a character takes, by glibc's wcwidth, which is what the stock client asks.</summary>
/// <remarks>Both ends must agree or the client's screen is shifted; the table is generated, see CharacterWidth.Table.cs.</remarks>
public static partial class CharacterWidth
{
    /// <summary>0 for what joins the character before, 1 or 2 columns, -1 for what is not printable (NUL included).</summary>
    /// <param name="codePoint">0 to U+10FFFF.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(int codePoint)
    {
        int block = codePoint >> 8;
        ReadOnlySpan<byte> blockOf = BlockOf;
        int number = blockOf[block < blockOf.Length ? block : blockOf.Length - 1];
        int two = (Blocks[(number << 6) | ((codePoint & 0xff) >> 2)] >> ((codePoint & 3) << 1)) & 3;
        return two == 3 ? -1 : two;
    }

    /// <summary>
    /// True when another C library or a newer Unicode may give the character another width. After such a character the cursor must be placed
    /// explicitly, so that a disagreement stays local.
    /// </summary>
    public static bool IsDisputed(int codePoint) => codePoint switch
    {
        < 0xad => false,
        0xad => true,
        < 0x370 => false,
        < 0x483 => false,                   // Greek, Cyrillic
        < 0x1e00 => true,
        < 0x2000 => false,                  // Latin and Greek with diacritics
        >= 0x2010 and <= 0x2027 => false,   // dashes, quotation marks, bullet, ellipsis
        >= 0x20a0 and <= 0x20bf => false,   // currency
        >= 0x2190 and <= 0x2193 => false,   // plain arrows
        >= 0x2500 and <= 0x259f => false,   // box drawing, block elements
        >= 0x2800 and <= 0x28ff => false,   // braille
        >= 0x3001 and <= 0x3029 => false,   // CJK punctuation
        >= 0x3041 and <= 0x3096 => false,   // hiragana
        >= 0x30a1 and <= 0x30ff => false,   // katakana
        >= 0x4e00 and <= 0x9fa5 => false,   // unified ideographs since Unicode 1.1
        >= 0xac00 and <= 0xd7a3 => false,   // Hangul syllables
        >= 0xff01 and <= 0xff60 => false,   // full-width forms
        0xfffd => false,
        >= 0x1f600 and <= 0x1f64f => false, // emoticons
        >= 0x1f300 and <= 0x1f320 => false, // weather and landscape
        >= 0x1f330 and <= 0x1f335 => false,
        >= 0x1f337 and <= 0x1f37c => false,
        >= 0x1f380 and <= 0x1f393 => false,
        >= 0x1f3a0 and <= 0x1f3c4 => false,
        >= 0x1f400 and <= 0x1f43e => false,
        >= 0x1f442 and <= 0x1f4f7 => false,
        >= 0x1f680 and <= 0x1f6c5 => false, // transport
        _ => true,
    };
}
