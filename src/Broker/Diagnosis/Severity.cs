namespace MoshBroker.Diagnosis;

/// <summary>How much a finding matters. The command's exit status follows the gravest: 0, 3, 4.</summary>
internal enum Severity
{
    /// <summary>Good, or for information.</summary>
    Ok,

    /// <summary>It makes an attack or a fault easier.</summary>
    Warning,

    /// <summary>It leaves a door open.</summary>
    Critical,
}
