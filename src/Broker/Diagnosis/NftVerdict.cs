namespace MoshBroker.Diagnosis;

internal enum NftVerdict
{
    Accept,
    Drop,

    /// <summary>A rule that may be the one is not understood.</summary>
    Unknown,
}
