namespace MoshBroker.Protocol.Terminal;

/// <summary>DEC special graphics as Unicode, as xterm shows them.</summary>
internal static class LineDrawing
{
    internal const int First = 0x5f;
    internal const int Last = 0x7e;

    private const string Forms = " \u25c6\u2592\u2409\u240c\u240d\u240a\u00b0\u00b1\u2424\u240b\u2518\u2510\u250c\u2514\u253c"
        + "\u23ba\u23bb\u2500\u23bc\u23bd\u251c\u2524\u2534\u252c\u2502\u2264\u2265\u03c0\u2260\u00a3\u00b7";

    /// <summary>What a character of the set looks like; characters outside of it are themselves.</summary>
    internal static int FormOf(int codePoint) => codePoint is >= First and <= Last ? Forms[codePoint - First] : codePoint;
}
