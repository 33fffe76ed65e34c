using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>The error numbers of Linux that we tell apart, and their texts.</summary>
internal static class Errno
{
    public const int None = 0;
    public const int Interrupted = 4; // EINTR
    public const int Io = 5; // EIO: on a PTY master, the last slave is closed.
    public const int Again = 11; // EAGAIN
    public const int AccessDenied = 13; // EACCES
    public const int MessageTooLong = 90; // EMSGSIZE
    public const int AddressFamilyUnsupported = 97; // EAFNOSUPPORT
    public const int AddressInUse = 98; // EADDRINUSE
    public const int AddressNotAvailable = 99; // EADDRNOTAVAIL

    public static int Last => Marshal.GetLastPInvokeError();

    public static string Text(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>For calls that fail only when we were wrong or the machine is out of something.</summary>
    public static IOException Exception(string what) => new($"{what}: {Text(Last)}");
}
