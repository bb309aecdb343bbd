namespace Barnabas.Protocol.Generator;

/// <summary>One parsed <c>.message</c> file.</summary>
internal sealed class MessageSchema(string kind, string name)
{
    public string Kind { get; } = kind;

    public string Name { get; } = name;

    public string Comment { get; set; } = "";

    public int ApiKey { get; set; } = -1;

    /// <summary>Which log the records live in; empty for what travels in requests.</summary>
    public string Log { get; set; } = "";

    public List<string> Listeners { get; } = [];

    public VersionRange Versions { get; set; } = VersionRange.None;

    public VersionRange FlexibleVersions { get; set; } = VersionRange.None;

    public bool LatestVersionUnstable { get; set; }

    /// <summary>Spoken by older peers only; no current platform serves it.</summary>
    public bool Retired { get; set; }

    /// <summary>Only peers of the cluster may ask it: the caller needs the right to act on the cluster.</summary>
    public bool ClusterAction { get; set; }

    /// <summary>A broker passes the request on to the active controller.</summary>
    public bool Forwardable { get; set; }

    public StructSchema Body { get; set; } = new("", VersionRange.None, 0);

    /// <summary>Structs by name, in order of appearance: those below a field and those declared on their own.</summary>
    public List<StructSchema> Structs { get; } = [];

    public StructSchema? FindStruct(string name) => Structs.Find(candidate => candidate.Name == name);
}
