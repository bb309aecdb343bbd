namespace Barnabas.Protocol.Generator;

/// <summary>
/// The outcome for one file, equal by value so that the compiler's incremental driver can tell that nothing changed:
/// either source and heading, or an error with its line.
/// </summary>
internal sealed record CompiledSchema(
    string Path,
    string Name,
    string Source,
    MessageHeading? Heading,
    string Error,
    int ErrorLine)
{
    public static CompiledSchema From(string path, string text)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        try
        {
            MessageSchema message = SchemaParser.Parse(text);
            if (message.Name != name)
            {
                throw new SchemaException(0, $"the file of {message.Name} is called {name}");
            }

            return new(path, name, MessageEmitter.Emit(message), MessageHeading.Of(message), "", 0);
        }
        catch (SchemaException broken)
        {
            return new(path, name, "", null, broken.Message, broken.Line);
        }
    }
}
