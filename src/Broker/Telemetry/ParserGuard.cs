namespace MoshBroker.Telemetry;

/// <summary>A limit on what one escape sequence may cost.</summary>
internal enum ParserGuard
{
    Repeat,
    Osc,
    Combining,
    Bytes,
}
