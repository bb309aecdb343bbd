namespace Barnabas.Host;

/// <summary>How the process ends.</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The node failed, or could not open.</summary>
    public const int Failure = 1;

    /// <summary>The configuration or the command line is wrong: trying again will not help.</summary>
    public const int Usage = 2;

    /// <summary>Ended by a second SIGINT while it was still closing: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
