using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary>The Linux error numbers that are acted on; equal on x86-64 and arm64.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int OutOfMemory = 12;
    public const int AccessDenied = 13;
    public const int TooManyOpenInSystem = 23;
    public const int TooManyOpen = 24;
    public const int FileTooBig = 27;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
    public const int NoBuffers = 105;
    public const int InProgress = 115;
    public const int QuotaExceeded = 122;

    /// <summary>Of the last call on this thread.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);
}
