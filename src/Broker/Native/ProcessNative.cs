using System.Globalization;

namespace MoshBroker.Native;

/// <summary>What /proc tells of processes.</summary>
internal static class ProcessNative
{
    /// <summary>0 when the process is gone.</summary>
    public static int ParentOf(int pid)
    {
        try
        {
            // "pid (name) state parent …"; a name may hold anything, also brackets and blanks.
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            string[] words = text[(text.LastIndexOf(')') + 1)..].Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
            return words.Length > 2 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }
}
