namespace MoshBroker.Survival;

/// <summary>Where a program of ours was when its broker died.</summary>
internal enum ProgramStage
{
    Running,

    /// <summary>Its connection was lost, and the next try was due.</summary>
    Lost,

    /// <summary>It had ended; the reason stood on the screen.</summary>
    Over,
}
