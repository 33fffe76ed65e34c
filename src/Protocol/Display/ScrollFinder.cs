using System.Runtime.InteropServices;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Display;

/// <summary>Finds movements of whole rows that make a diff shorter than painting them again.</summary>
/// <remarks>
/// Every distance is tried; for each the run of rows that saves most. Costs are estimates in bytes; whether the result really is shorter is seen when
/// it is written.
/// </remarks>
internal static class ScrollFinder
{
    // Each one more costs another search; two are enough for a window between a header and a footer that both moved.
    private const int MaxSteps = 3;

    // Bounds the search on absurdly high screens.
    private const int MaxComparisons = 128 * 1024;

    private const int RowOverhead = 5;
    private const int EraseLength = 3;

    /// <summary>Fills <paramref name="steps"/>, applies them to <paramref name="rows"/> and returns how many there are.</summary>
    public static int Find(Framebuffer from, Framebuffer to, scoped ref BaseRows rows, scoped Span<ScrollStep> steps, out int saved)
    {
        int height = to.Rows;
        Span<ulong> targetKeys = stackalloc ulong[height];
        Span<ulong> sourceKeys = stackalloc ulong[height];
        Span<ulong> keys = stackalloc ulong[height];
        Span<int> kept = stackalloc int[height];   // bytes to paint a row over what is there
        Span<int> fresh = stackalloc int[height];  // bytes to paint it on blanks
        for (int row = 0; row < height; row++)
        {
            targetKeys[row] = KeyOf(to.Row(row));
            sourceKeys[row] = from.Slot(row) == to.Slot(row) && ReferenceEquals(from.Store, to.Store) ? targetKeys[row] : KeyOf(from.Row(row));
            kept[row] = targetKeys[row] == sourceKeys[row] ? 0 : Cost(from.Row(row), to.Row(row));
            fresh[row] = CostOnBlank(to.Row(row));
        }

        saved = 0;
        int count = 0;
        sourceKeys.CopyTo(keys);
        while (count < Math.Min(MaxSteps, steps.Length) && TryFindStep(keys, targetKeys, kept, fresh, out ScrollStep step, out int gain))
        {
            int incoming = step.Count > 0 ? step.Bottom - step.Count + 1 : step.Top;
            step = step with { Filling = Framebuffer.Look(to.Row(incoming)[^1], isLast: true).BackgroundColor };
            rows.Scroll(step);
            for (int row = step.Top; row <= step.Bottom; row++)
            {
                int source = rows.SourceOf(row);
                keys[row] = source < 0 ? 0 : sourceKeys[source];
                kept[row] = source < 0 ? fresh[row] : keys[row] == targetKeys[row] ? 0 : Cost(from.Row(source), to.Row(row));
            }

            steps[count++] = step;
            saved += gain;
        }

        return count;
    }

    private static bool TryFindStep(
        ReadOnlySpan<ulong> source, ReadOnlySpan<ulong> target, ReadOnlySpan<int> kept, ReadOnlySpan<int> fresh, out ScrollStep best, out int bestGain)
    {
        int height = source.Length;
        int farthest = Math.Min(height - 1, MaxComparisons / height);
        best = default;
        bestGain = 0;
        for (int distance = -farthest; distance <= farthest; distance++)
        {
            if (distance == 0)
                continue;

            // The run of rows with the greatest sum: what a match saves, less what a row in between costs.
            int first = Math.Max(0, -distance);
            int last = Math.Min(height - 1, height - 1 - distance);
            int sum = 0;
            int start = first;
            int bestSum = 0;
            int bestStart = 0;
            int bestEnd = -1;
            for (int row = first; row <= last; row++)
            {
                int saves = target[row] == source[row + distance] ? kept[row] : kept[row] - fresh[row] - EraseLength;
                sum += saves;
                if (sum <= 0)
                {
                    sum = 0;
                    start = row + 1;
                }
                else if (sum > bestSum)
                {
                    (bestSum, bestStart, bestEnd) = (sum, start, row);
                }
            }

            if (bestEnd < 0)
                continue;

            int top = distance > 0 ? bestStart : bestStart + distance;
            int bottom = distance > 0 ? bestEnd + distance : bestEnd;
            int incoming = distance > 0 ? bestEnd + 1 : top;
            for (int row = incoming; row < incoming + Math.Abs(distance); row++)
                bestSum -= fresh[row] - kept[row];

            // Rows that are blank in both, just below, may as well move: then no region need be set.
            int gain = bestSum - (bottom < height - 1 ? 15 : top > 0 ? 9 : 3);
            if (gain > bestGain)
            {
                bestGain = gain;
                best = new ScrollStep(top, bottom, distance, default);
            }
        }

        return bestGain > 0;
    }

    private static ulong KeyOf(ReadOnlySpan<Cell> row)
    {
        // Two lanes, so that multiplications overlap. Only a hint: whether rows are equal is looked up before painting is skipped.
        const ulong Factor = 0x9e37_79b9_7f4a_7c15;
        ulong first = Factor;
        ulong second = ~Factor;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<Cell, ulong>(row);
        for (int i = 0; i + 1 < words.Length; i += 2)
        {
            first = (first ^ words[i]) * Factor;
            first ^= first >> 32;
            second = (second ^ words[i + 1]) * Factor;
            second ^= second >> 29;
        }

        return (first ^ second) | 1;
    }

    private static int Cost(ReadOnlySpan<Cell> from, ReadOnlySpan<Cell> to)
    {
        int end = EndOfText(to);
        int cost = 0;
        for (int column = 0; column < end; column++)
        {
            if (!to[column].Equals(from[column]))
                cost++;
        }

        for (int column = end; column < to.Length; column++)
        {
            if (!to[column].Equals(from[column]))
                return cost + EraseLength + RowOverhead;
        }

        return cost == 0 ? 0 : cost + RowOverhead;
    }

    private static int CostOnBlank(ReadOnlySpan<Cell> to)
    {
        int end = EndOfText(to);
        int cost = 0;
        for (int column = 0; column < end; column++)
        {
            if (!to[column].IsBlank)
                cost++;
        }

        return cost == 0 ? 0 : cost + RowOverhead;
    }

    private static int EndOfText(ReadOnlySpan<Cell> row)
    {
        int end = row.Length;
        while (end > 0 && row[end - 1].IsBlank)
            end--;
        return end;
    }
}
