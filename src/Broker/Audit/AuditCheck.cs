using System.Text;

namespace MoshBroker.Audit;

/// <summary>What a walk along the chain found.</summary>
/// <param name="Lines">Lines that hold, up to the first that does not.</param>
/// <param name="Fault">The first fault, with file and line; null when all of it holds.</param>
/// <param name="Last">The last line that holds.</param>
internal sealed record AuditCheck(long Lines, string? Fault, AuditRecord? Last)
{
    /// <summary>Walks along files, oldest first. The first line may name any predecessor: older files may have been removed.</summary>
    public static AuditCheck Of(IEnumerable<string> files)
    {
        AuditRecord? last = null;
        long lines = 0;
        foreach (string file in files)
        {
            int number = 0;
            foreach (string text in File.ReadLines(file))
            {
                number++;
                string place = $"{file}, line {number}";
                if (AuditLine.Read(Encoding.UTF8.GetBytes(text)) is not var (record, previous)) { return new AuditCheck(lines, $"{place}: not an audit line", last); }
                if (last is not null && record.Number != last.Number + 1)
                {
                    return new AuditCheck(lines, $"{place}: number {record.Number} follows {last.Number}: lines are missing, or were put in", last);
                }

                if (last is not null && !previous.AsSpan().SequenceEqual(last.Hash))
                {
                    return new AuditCheck(lines, $"{place}: does not follow the line before it: that one was changed, or this one was put in", last);
                }

                last = record;
                lines++;
            }
        }

        return new AuditCheck(lines, null, last);
    }
}
