namespace MoshBroker.Telemetry;

/// <summary>Kinds of actors, as metrics name them.</summary>
internal enum ActorKind
{
    Session,
    Ingress,
    Recorder,
    Shard,
}
