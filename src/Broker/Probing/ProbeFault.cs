namespace MoshBroker.Probing;

/// <summary>A leg did not go well.</summary>
internal sealed class ProbeFault(string fault, string cure) : Exception(fault)
{
    public string Cure { get; } = cure;
}
