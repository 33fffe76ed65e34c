namespace MoshBroker.Tenants;

/// <summary>What becomes of a session that has lost its right to go on.</summary>
internal enum LossAction
{
    /// <summary>The screen locks, input is dropped, the program goes on; a fresh login unlocks it.</summary>
    Lock,

    /// <summary>It ends.</summary>
    End,
}
