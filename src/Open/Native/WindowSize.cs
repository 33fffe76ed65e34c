namespace MoshBroker.Open.Native;

/// <summary>The kernel's <c>struct winsize</c>.</summary>
internal struct WindowSize
{
    public ushort Rows;
    public ushort Columns;
    public ushort PixelWidth;
    public ushort PixelHeight;
}
