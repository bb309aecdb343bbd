namespace Barnabas.Platform.Tests;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("barnabas-platform-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
