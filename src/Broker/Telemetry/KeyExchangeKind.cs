namespace MoshBroker.Telemetry;

/// <summary>What an SSH session's secrecy rests on.</summary>
internal enum KeyExchangeKind
{
    /// <summary>A post-quantum exchange beside the classical one: what is recorded today stays secret.</summary>
    Pq,

    Classical,
}
