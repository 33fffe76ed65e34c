namespace MoshBroker.Telemetry;

/// <summary>How a metric's values are to be read.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>As it is now.</summary>
    Gauge,

    /// <summary>How many values fell into each bucket, and their sum.</summary>
    Histogram,
}
