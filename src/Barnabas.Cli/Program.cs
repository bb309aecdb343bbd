namespace Barnabas.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is ["version", ..])
        {
            Console.Out.WriteLine(typeof(Program).Assembly.GetName().Version?.ToString(3));
            return 0;
        }

        Console.Error.WriteLine("Usage: barnabas version");
        return 1;
    }
}
