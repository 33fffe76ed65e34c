using System.Buffers.Binary;
using System.Text;
using MoshBroker.Protocol.Display;

namespace MoshBroker.Client.Display;

/// <summary>What the system's terminal database says of a terminal, as far as the client asks: read from ncurses' compiled files (term(5)).</summary>
/// <param name="Colors">How many there are; 0 when it has none.</param>
/// <param name="Abilities">What it can do beyond what every terminal can.</param>
/// <param name="EnterScreen">smcup: to the alternate screen; empty when there is none.</param>
/// <param name="LeaveScreen">rmcup: back.</param>
internal sealed record Terminfo(int Colors, TerminalAbilities Abilities, byte[] EnterScreen, byte[] LeaveScreen)
{
    private const int MaxFileLength = 64 * 1024;
    private const int HeaderLength = 12;
    private const ushort Magic16 = 0x011a;
    private const ushort Magic32 = 0x021e;

    // Places in the lists of capabilities (term.h).
    private const int HardCopyBoolean = 7;
    private const int BackColorEraseBoolean = 28;
    private const int MaxColorsNumber = 13;
    private const int EnterScreenString = 28;
    private const int EraseCharactersString = 37;
    private const int LeaveScreenString = 40;
    private const int ChangeRegionString = 3;
    private const int ScrollForwardString = 109; // indn

    /// <summary>Finds and reads the entry of a terminal; null with a line for the user when it can't be used.</summary>
    /// <param name="name">What TERM says.</param>
    /// <param name="environment">Looks a variable up.</param>
    /// <param name="error">Names the thing and the cure.</param>
    public static Terminfo? Find(string? name, Func<string, string?> environment, out string error)
    {
        error = "TERM is not set: the kind of terminal is not known; try TERM=xterm-256color";
        if (string.IsNullOrEmpty(name)) { return null; }
        error = $"TERM={name} is no name of a terminal; try TERM=xterm-256color";
        if (name.Contains('/', StringComparison.Ordinal) || name is "." or "..") { return null; }

        bool isDatabaseThere = false;
        foreach (string folder in Folders(environment))
        {
            if (!Directory.Exists(folder)) { continue; }
            isDatabaseThere = true;
            foreach (string file in (string[])[$"{folder}/{name[0]}/{name}", $"{folder}/{(int)name[0]:x}/{name}"])
            {
                if (!File.Exists(file)) { continue; }
                using FileStream stream = File.OpenRead(file);
                byte[] bytes = new byte[Math.Min(stream.Length, MaxFileLength)];
                stream.ReadExactly(bytes);
                Terminfo? found = TryParse(bytes, out bool isHardCopy);
                error = found is null ? $"{file} is no terminal description" : $"TERM={name} is a terminal that prints on paper; it can't show a screen";
                return isHardCopy ? null : found;
            }
        }

        error = isDatabaseThere
            ? $"TERM={name} is not in the system's terminal database; install ncurses-term, or try TERM=xterm-256color"
            : "no terminal database was found; install ncurses-base";
        return null;
    }

    /// <summary>Reads a compiled entry; null when it is none.</summary>
    public static Terminfo? TryParse(ReadOnlySpan<byte> file, out bool isHardCopy)
    {
        isHardCopy = false;
        if (file.Length < HeaderLength) { return null; }
        ushort magic = Word(file, 0);
        if (magic is not (Magic16 or Magic32)) { return null; }
        int numberSize = magic == Magic32 ? 4 : 2;
        int booleanCount = Word(file, 4);
        int numberCount = Word(file, 6);
        int stringCount = Word(file, 8);
        int tableLength = Word(file, 10);
        int booleansAt = HeaderLength + Word(file, 2);
        int numbersAt = (booleansAt + booleanCount + 1) & ~1;
        int stringsAt = numbersAt + (numberCount * numberSize);
        int tableAt = stringsAt + (stringCount * 2);
        if (tableAt + tableLength > file.Length) { return null; }

        ReadOnlySpan<byte> booleans = file.Slice(booleansAt, booleanCount);
        bool Has(ReadOnlySpan<byte> all, int index) => index < all.Length && all[index] == 1;
        isHardCopy = Has(booleans, HardCopyBoolean);

        int colors = 0;
        if (MaxColorsNumber < numberCount)
        {
            ReadOnlySpan<byte> at = file[(numbersAt + (MaxColorsNumber * numberSize))..];
            colors = Math.Max(0, numberSize == 4 ? BinaryPrimitives.ReadInt32LittleEndian(at) : BinaryPrimitives.ReadInt16LittleEndian(at));
        }

        TerminalAbilities abilities = TerminalAbilities.Clipboard; // OSC 52: terminals that have none ignore it.
        if (Has(booleans, BackColorEraseBoolean)) { abilities |= TerminalAbilities.EraseInBackground; }
        ReadOnlySpan<byte> offsets = file.Slice(stringsAt, stringCount * 2);
        ReadOnlySpan<byte> table = file.Slice(tableAt, tableLength);
        if (Text(offsets, table, EraseCharactersString).Length > 0) { abilities |= TerminalAbilities.EraseCharacters; }
        if (Text(offsets, table, ScrollForwardString).Length > 0 && Text(offsets, table, ChangeRegionString).Length > 0) { abilities |= TerminalAbilities.Scroll; }
        return new Terminfo(colors, abilities, Text(offsets, table, EnterScreenString), Text(offsets, table, LeaveScreenString));
    }

    /// <summary>Where ncurses looks, in its order.</summary>
    private static IEnumerable<string> Folders(Func<string, string?> environment)
    {
        if (environment("TERMINFO") is { Length: > 0 } own) { yield return own; }
        if (environment("HOME") is { Length: > 0 } home) { yield return home + "/.terminfo"; }
        foreach (string folder in (environment("TERMINFO_DIRS") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)) { yield return folder; }
        yield return "/etc/terminfo";
        yield return "/lib/terminfo";
        yield return "/usr/share/terminfo";
        yield return "/usr/lib/terminfo";
        yield return "/usr/local/share/terminfo";
    }

    private static ushort Word(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    /// <summary>A string capability without its padding times; empty when the terminal has it not.</summary>
    private static byte[] Text(ReadOnlySpan<byte> offsets, ReadOnlySpan<byte> table, int index)
    {
        if ((index * 2) + 2 > offsets.Length) { return []; }
        short offset = BinaryPrimitives.ReadInt16LittleEndian(offsets[(index * 2)..]);
        if (offset < 0 || offset >= table.Length) { return []; }
        ReadOnlySpan<byte> text = table[offset..];
        int end = text.IndexOf((byte)0);
        if (end < 0) { return []; }
        text = text[..end];
        if (text.IndexOf("$<"u8) < 0) { return text.ToArray(); }

        StringBuilder plain = new();
        for (int at = 0; at < text.Length; at++)
        {
            int close = text[at] == '$' && at + 1 < text.Length && text[at + 1] == '<' ? text[at..].IndexOf((byte)'>') : -1;
            if (close > 0) { at += close; }
            else { plain.Append((char)text[at]); }
        }

        return Encoding.Latin1.GetBytes(plain.ToString());
    }
}
