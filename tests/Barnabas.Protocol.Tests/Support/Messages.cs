namespace Barnabas.Protocol.Tests;

/// <summary>All generated messages, found by reflection.</summary>
internal static class Messages
{
    public static IReadOnlyList<IMessage> All { get; } =
    [
        .. typeof(IMessage).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IMessage)))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(New),
    ];

    public static IMessage New(string name) => New(typeof(IMessage).Assembly.GetType("Barnabas.Protocol." + name)!);

    public static IMessage New(Type type) => (IMessage)Activator.CreateInstance(type)!;

    public static IMessage NewLike(IMessage message) => New(message.GetType());

    public static IEnumerable<short> Versions(IMessage message)
    {
        for (short version = message.LowestSupportedVersion; version <= message.HighestSupportedVersion; version++)
        {
            yield return version;
        }
    }
}
