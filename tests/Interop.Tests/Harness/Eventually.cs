using System.Diagnostics;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Waits for something another process does, by asking again until a deadline.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Returns how long it took; fails with <paramref name="what"/> and what was seen last.</summary>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null, Func<string>? seen = null)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan limit = within ?? Patience;
        while (!await condition())
        {
            if (clock.Elapsed > limit)
            {
                Assert.Fail($"not within {limit.TotalSeconds:0.#} s: {what}" + (seen is null ? "" : Environment.NewLine + seen()));
            }

            await Task.Delay(10);
        }

        return clock.Elapsed;
    }

    public static Task<TimeSpan> TrueAsync(Func<bool> condition, string what, TimeSpan? within = null, Func<string>? seen = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, within, seen);
}
