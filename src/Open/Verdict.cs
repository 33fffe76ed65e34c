namespace MoshBroker.Open;

/// <summary>What a command line asks for.</summary>
internal enum Verdict
{
    Open,
    ShowHelp,
    ShowVersion,
    Refuse,
}
