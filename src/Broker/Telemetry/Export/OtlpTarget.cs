namespace MoshBroker.Telemetry.Export;

/// <summary>A collector that takes OTLP.</summary>
/// <param name="Endpoint">Its base address; credentials for it stand in OTEL_EXPORTER_OTLP_HEADERS, never here.</param>
/// <param name="IsGrpc">False: protobuf over HTTP, with each signal's own path.</param>
internal sealed record OtlpTarget(Uri Endpoint, bool IsGrpc)
{
    /// <summary>OpenTelemetry's own variable for the address.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>OpenTelemetry's own variable for the protocol.</summary>
    public const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>Where a signal goes.</summary>
    /// <param name="signal">"metrics", "traces" or "logs".</param>
    public Uri For(string signal) => IsGrpc ? Endpoint : new Uri($"{Endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}");
}
