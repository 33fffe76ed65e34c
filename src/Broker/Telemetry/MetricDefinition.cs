namespace MoshBroker.Telemetry;

/// <summary>What a metric is called and means.</summary>
/// <param name="Name">OpenTelemetry's form: <c>moshbroker.echo.latency</c>, no unit, no <c>_total</c>.</param>
/// <param name="Unit">UCUM: <c>s</c>, <c>By</c>, <c>1</c>, or an annotation such as <c>{datagram}</c>.</param>
internal sealed record MetricDefinition(string Name, string Unit, string Help, params IReadOnlyList<MetricLabel> Labels);
