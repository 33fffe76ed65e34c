using MoshBroker.Telemetry.Export;

namespace MoshBroker;

/// <summary>Events on stdout: one JSON line each, or readable text when a person looks on.</summary>
internal static class Logging
{
    /// <param name="otlp">Where they go besides; null for nowhere.</param>
    public static ILoggerFactory Create(OtlpTarget? otlp, string node) => LoggerFactory.Create(logging =>
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // It logs a start that fails with its stack, and throws the same: whoever starts the broker is told in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (otlp is not null) { OtlpExport.AddTo(logging, otlp, node); }
        if (Console.IsOutputRedirected)
        {
            logging.AddJsonConsole(format =>
            {
                format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
                format.UseUtcTimestamp = true;
            });
        }
        else
        {
            logging.AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.TimestampFormat = "HH:mm:ss ";
            });
        }
    });
}
