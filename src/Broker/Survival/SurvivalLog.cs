namespace MoshBroker.Survival;

/// <summary>What an operator should know of sessions outliving their process. 1150 to 1169.</summary>
internal sealed partial class SurvivalLog(ILogger logger)
{
    [LoggerMessage(1150, LogLevel.Warning, "The fd store is gone; another one is started and gets everything again")]
    public partial void StoreDied();

    [LoggerMessage(1151, LogLevel.Error, "There is no fd store, so sessions end with this process: {Reason}")]
    public partial void NoStore(string reason);

    [LoggerMessage(1152, LogLevel.Information, "{Restored} sessions of the process before go on; {Lost} could not be saved ({Milliseconds} ms)")]
    public partial void Restored(int restored, int lost, long milliseconds);

    [LoggerMessage(1153, LogLevel.Warning, "Session {Session} could not be saved: {Reason}")]
    public partial void Lost(string session, string reason);

    [LoggerMessage(1154, LogLevel.Warning, "Session {Session} would not outlive this process: {Reason}")]
    public partial void Unsafe(string session, string reason);
}
