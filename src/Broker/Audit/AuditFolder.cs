using System.Globalization;
using System.Text;
using MoshBroker.Configuration;

namespace MoshBroker.Audit;

/// <summary>The files of the trail: one a day (UTC), append-only, for their owner only. The chain goes on from file to file.</summary>
internal sealed class AuditFolder : IDisposable
{
    private const string Prefix = "audit-";
    private const string Suffix = ".jsonl";
    private const string DayForm = "yyyy-MM-dd";

    private readonly string _folder;
    private FileStream? _file;
    private DateOnly _day;

    private AuditFolder(string folder) => _folder = folder;

    /// <summary>Opens, or makes, the folder. A line that a crash left half written is cut off: nobody was told that it is kept.</summary>
    /// <exception cref="StartRefusedException">It cannot be written.</exception>
    public static AuditFolder Open(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (Files(folder) is [.., string last]) { CutTornLine(last); }
            return new AuditFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"audit folder {folder}: {OneLine.Of(e)}: let the broker's user write there", e);
        }
    }

    /// <summary>The files of a folder, oldest first.</summary>
    public static IReadOnlyList<string> Files(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, $"{Prefix}*{Suffix}").Order(StringComparer.Ordinal)] : [];

    /// <summary>The lines of the folder from the newest file back, file by file, until a number is reached.</summary>
    /// <param name="after">Lines with greater numbers are given, in order.</param>
    public IReadOnlyList<AuditRecord> After(long after)
    {
        List<AuditRecord> found = [];
        foreach (string file in Files(_folder).Reverse())
        {
            AuditRecord[] records = [.. File.ReadLines(file).Select(line => AuditLine.Read(Encoding.UTF8.GetBytes(line))?.Record).OfType<AuditRecord>()];
            found.InsertRange(0, records.Where(record => record.Number > after));
            if (records.Length > 0 && records[0].Number <= after) { break; }
        }

        return found;
    }

    /// <summary>The last line there is; null in an empty folder.</summary>
    public AuditRecord? Last()
    {
        foreach (string file in Files(_folder).Reverse())
        {
            if (File.ReadLines(file).LastOrDefault() is { Length: > 0 } line && AuditLine.Read(Encoding.UTF8.GetBytes(line)) is { } read) { return read.Record; }
        }

        return null;
    }

    /// <summary>Appends lines and has them on the disk before it returns.</summary>
    /// <exception cref="IOException">The disk is full or gone; nothing of the batch is in the file, or all that is was cut off again.</exception>
    public void Append(IReadOnlyList<AuditRecord> records)
    {
        int at = 0;
        while (at < records.Count)
        {
            DateOnly day = DateOnly.FromDateTime(records[at].At.UtcDateTime);
            FileStream file = FileOf(day);
            long length = file.Length;
            try
            {
                for (; at < records.Count && DateOnly.FromDateTime(records[at].At.UtcDateTime) == day; at++)
                {
                    file.Write(records[at].Line);
                    file.WriteByte((byte)'\n');
                }

                file.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                _file = null;
                file.Dispose();
                using FileStream cut = new(PathOf(day), FileMode.Open, FileAccess.Write);
                cut.SetLength(length);
                throw;
            }
        }
    }

    /// <summary>Removes files of days before <paramref name="day"/>.</summary>
    public void RemoveBefore(DateOnly day)
    {
        foreach (string file in Files(_folder))
        {
            string name = Path.GetFileName(file)[Prefix.Length..^Suffix.Length];
            if (DateOnly.TryParseExact(name, DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly of) && of < day) { File.Delete(file); }
        }
    }

    public void Dispose() => _file?.Dispose();

    private static void CutTornLine(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        long end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n') { break; }
            end--;
        }

        if (end < file.Length) { file.SetLength(end); }
    }

    private string PathOf(DateOnly day) => Path.Combine(_folder, $"{Prefix}{day.ToString(DayForm, CultureInfo.InvariantCulture)}{Suffix}");

    private FileStream FileOf(DateOnly day)
    {
        if (_file is not null && _day == day) { return _file; }
        _file?.Dispose();
        _file = null;
        _file = new FileStream(PathOf(day), new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _day = day;
        return _file;
    }
}
