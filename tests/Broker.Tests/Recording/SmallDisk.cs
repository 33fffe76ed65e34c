using System.Diagnostics;

namespace MoshBroker.Broker.Tests.Recording;

/// <summary>A file system in memory of a size that a test sets, to be full at will.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Null without the right to mount.</summary>
    public static SmallDisk? Mount(string parent, string folder, int megabytes)
    {
        Directory.CreateDirectory(parent);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "tmpfs", folder) ? new SmallDisk(folder) : null;
    }

    public bool Grow(int megabytes) => Run("mount", "-o", $"remount,size={megabytes}m", _folder);

    public void Dispose() => Run("umount", _folder);

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
