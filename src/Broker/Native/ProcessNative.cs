using System.Globalization;

namespace MoshBroker.Native;

/// <summary>What /proc tells of processes.</summary>
internal static class ProcessNative
{
    private const int Parent = 1;
    private const int Start = 19; // Field 22 of proc(5), counted behind the name.

    /// <summary>0 when the process is gone.</summary>
    public static int ParentOf(int pid) => (int)Read(pid, Parent);

    /// <summary>When it was started, in ticks since boot: no other process of its number has that; 0 when it is gone.</summary>
    public static ulong StartOf(int pid) => Read(pid, Start);

    private static ulong Read(int pid, int field)
    {
        try
        {
            // "pid (name) state parent …"; a name may hold anything, also brackets and blanks.
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            string[] words = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length > field ? ulong.Parse(words[field], CultureInfo.InvariantCulture) : 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }
}
