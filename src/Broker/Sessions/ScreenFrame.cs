namespace MoshBroker.Sessions;

/// <summary>A frame, as the way there from the one before.</summary>
/// <param name="IsWhole">It stands alone: whatever was shown before is drawn over.</param>
/// <param name="Bytes">What a terminal of that size is to be fed with.</param>
internal sealed record ScreenFrame(int Columns, int Rows, bool IsWhole, byte[] Bytes);
