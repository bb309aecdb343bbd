namespace Barnabas.Cli.Tests;

/// <summary>How a tool ended and what it wrote.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Error);
