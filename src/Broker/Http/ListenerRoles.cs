namespace MoshBroker.Http;

/// <summary>What is served on an address.</summary>
[Flags]
internal enum ListenerRoles
{
    None = 0,
    Dashboard = 1,
    Health = 2,

    /// <summary>Whoever can reach it speaks for others: their names are in the headers.</summary>
    Proxy = 4,
}
