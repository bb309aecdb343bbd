using System.Xml.Linq;

namespace Barnabas.Architecture.Tests;

/// <summary>The rooms, what they may know of each other, and what the core rooms may not touch.</summary>
public class RoomTests
{
    /// <summary>
    /// Rooms whose decisions a simulation must be able to repeat: no clock, no chance, no threads of their own.
    /// </summary>
    private static readonly string[] CoreRooms =
    [
        "Barnabas.Kernel", "Barnabas.Configuration", "Barnabas.Protocol", "Barnabas.Records", "Barnabas.Storage",
        "Barnabas.Raft", "Barnabas.Metadata", "Barnabas.Replication", "Barnabas.Coordination", "Barnabas.Broker",
        "Barnabas.Simulation",
    ];

    [Fact]
    public void Rooms_know_only_what_the_table_of_ARCHITECTURE_allows()
    {
        Dictionary<string, string[]> allowed = ReadTable();
        List<string> wrong = [];
        foreach (string project in Checkout.Projects.Where(IsProduct))
        {
            string room = Path.GetFileNameWithoutExtension(project);
            if (!allowed.TryGetValue(room, out string[]? mayKnow))
            {
                wrong.Add($"{room} is not in the table of docs/ARCHITECTURE.md");
                continue;
            }

            foreach (string known in References(project))
            {
                if (!mayKnow.Contains(known))
                {
                    wrong.Add($"{room} -> {known} is not an arrow of docs/ARCHITECTURE.md");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_table_names_no_room_that_is_not_there()
    {
        string[] rooms = [.. Checkout.Projects
            .Where(IsProduct)
            .Select(path => Path.GetFileNameWithoutExtension(path)!)];
        Assert.Empty(ReadTable().Keys.Except(rooms));
    }

    [Fact]
    public void Arrows_have_no_cycle()
    {
        Dictionary<string, string[]> arrows = Checkout.Projects.Where(IsProduct)
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, path => References(path).ToArray());
        HashSet<string> done = [];
        foreach (string room in arrows.Keys)
        {
            Visit(room, []);
        }

        void Visit(string room, List<string> path)
        {
            Assert.False(path.Contains(room), string.Join(" -> ", [.. path, room]));
            if (done.Contains(room))
            {
                return;
            }

            foreach (string next in arrows.GetValueOrDefault(room) ?? [])
            {
                Visit(next, [.. path, room]);
            }

            done.Add(room);
        }
    }

    [Fact]
    public void The_ban_list_is_wired_into_every_core_room()
    {
        string props = File.ReadAllText(Path.Combine(Checkout.Root, "Directory.Build.props"));
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", props, StringComparison.Ordinal);
        Assert.Contains("eng/BannedSymbols.txt", props, StringComparison.Ordinal);
        foreach (string room in CoreRooms)
        {
            Assert.Contains($";{room};", props, StringComparison.Ordinal);
        }

        string list = File.ReadAllText(Path.Combine(Checkout.Root, "eng", "BannedSymbols.txt"));
        foreach (string symbol in new[] { "System.DateTime.UtcNow", "System.Threading.Tasks.Task.Run", "System.Random",
            "System.Threading.Thread.Sleep", "System.Guid.NewGuid", "System.Diagnostics.Stopwatch", "System.HashCode" })
        {
            Assert.Contains(symbol, list, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nobody_switches_the_ban_list_off()
    {
        string[] off = [.. Checkout.Sources
            .Where(file => CoreRooms.Contains(file.Room) && file.Text.Contains("RS0030", StringComparison.Ordinal))
            .Select(file => file.Path)
            .Except(Exceptions)];
        Assert.Empty(off);
    }

    /// <summary>Places that may ask for what is banned, each with its reason in a comment there.</summary>
    private static readonly string[] Exceptions = [];

    [Fact]
    public void Every_room_has_a_README()
    {
        string[] missing = [.. Checkout.Projects.Where(IsProduct)
            .Select(path => Path.GetDirectoryName(path)!)
            .Where(folder => !File.Exists(Path.Combine(folder, "README.md")))
            .Select(Checkout.Relative)];
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Checkout.Root, "Barnabas.slnx"));
        string[] missing = [.. Checkout.Projects
            .Select(Checkout.Relative)
            .Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal))];
        Assert.Empty(missing);
    }

    private static bool IsProduct(string path) => Checkout.Relative(path).StartsWith("src/", StringComparison.Ordinal);

    private static IEnumerable<string> References(string project) => XDocument.Load(project)
        .Descendants("ProjectReference")
        .Where(reference => (string?)reference.Attribute("OutputItemType") != "Analyzer")
        .Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'))
        .Select(path => Path.GetFileNameWithoutExtension(path));

    /// <summary>Rows <c>| Barnabas.X | what it holds | Kernel, Protocol |</c> below the heading "Rooms".</summary>
    private static Dictionary<string, string[]> ReadTable()
    {
        Dictionary<string, string[]> table = [];
        foreach (string line in File.ReadLines(Path.Combine(Checkout.Root, "docs", "ARCHITECTURE.md")))
        {
            string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
            if (cells.Length == 5 && cells[1].StartsWith("`Barnabas.", StringComparison.Ordinal))
            {
                table[cells[1].Trim('`')] = [.. cells[3]
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Where(name => name != "nothing")
                    .Select(name => "Barnabas." + name)];
            }
        }

        Assert.NotEmpty(table);
        return table;
    }
}
