namespace Barnabas.Protocol.Generator;

/// <summary>Emits the enum and table of api keys, and the lists of record types of each log.</summary>
internal static class ApiTableEmitter
{
    public static string ApiName(string message) =>
        message.Replace("Request", "").Replace("Response", "");

    public static string EmitApis(IEnumerable<MessageHeading> headings)
    {
        List<MessageHeading> all = [.. headings];
        List<MessageHeading> requests = [.. all.Where(h => h.Kind == "request").OrderBy(h => h.ApiKey)];
        CodeWriter code = Begin();
        code.Summary("What a request asks for, by Kafka's number.");
        code.Open("public enum ApiKey : short");
        foreach (MessageHeading request in requests)
        {
            code.Line($"{ApiName(request.Name)} = {request.ApiKey},");
        }

        code.Close();
        code.Line();
        code.Open("public static partial class ApiKeys");
        code.Line("private static readonly ApiKeyFacts?[] ByNumber = Fill();");
        code.Line();
        code.Open("private static ApiKeyFacts?[] Fill()");
        code.Line($"ApiKeyFacts?[] facts = new ApiKeyFacts?[{requests.Max(r => r.ApiKey) + 1}];");
        foreach (MessageHeading request in requests)
        {
            MessageHeading response = all.Find(h => h.Kind == "response" && h.ApiKey == request.ApiKey) ?? request;
            code.Line($"facts[{request.ApiKey}] = new(ApiKey.{ApiName(request.Name)}, \"{ApiName(request.Name)}\", "
                + $"{request.Versions.Low}, {request.Versions.High}, {Stable(request)}, {Flexible(request)}, "
                + $"{Flexible(response)}, {Listeners(request)}, "
                + $"{Flag(request.ClusterAction)}, {Flag(request.Forwardable)}, {Flag(request.Retired)});");
        }

        code.Line("return facts;");
        code.Close();
        code.Close();
        EmitFactory(code, all);
        return code.ToString();
    }

    public static string EmitRecords(IEnumerable<MessageHeading> headings)
    {
        CodeWriter code = Begin();
        foreach (IGrouping<string, MessageHeading> log in headings
            .Where(h => h.Log.Length > 0)
            .GroupBy(h => h.Log)
            .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            EmitLog(code, Capitalize(log.Key), [.. log.OrderBy(h => h.ApiKey)]);
        }

        return code.ToString();
    }

    private static void EmitLog(CodeWriter code, string log, List<MessageHeading> records)
    {
        code.Line();
        code.Summary($"The record types of the {log} log, by number.");
        code.Open($"public enum {log}RecordType : short");
        foreach (MessageHeading record in records.Where(r => r.Kind is "metadata" or "coordinator-value"))
        {
            code.Line($"{RecordName(record)} = {record.ApiKey},");
        }

        code.Close();
        code.Line();
        code.Summary($"Makes empty records of the {log} log from the type number that stands before them.");
        code.Open($"public static class {log}Records");
        EmitCreate(code, "Create", records.Where(r => r.Kind == "metadata"));
        EmitCreate(code, "CreateKey", records.Where(r => r.Kind == "coordinator-key"));
        EmitCreate(code, "CreateValue", records.Where(r => r.Kind == "coordinator-value"));
        code.Close();
    }

    private static void EmitCreate(CodeWriter code, string method, IEnumerable<MessageHeading> records)
    {
        List<MessageHeading> all = [.. records];
        if (all.Count == 0)
        {
            return;
        }

        code.Summary("An empty record, or null for a number nobody defined.");
        code.Line($"public static IRecordMessage? {method}(short type) => type switch");
        code.Line("{");
        foreach (MessageHeading record in all)
        {
            code.Line($"    {record.ApiKey} => new {record.Name}(),");
        }

        code.Line("    _ => null,");
        code.Line("};");
        code.Line();
    }

    private static void EmitFactory(CodeWriter code, List<MessageHeading> all)
    {
        code.Line();
        code.Summary("Makes empty requests and responses by key, for tools that take whatever comes. "
            + "It keeps every message alive in a trimmed binary: whoever knows its message makes it itself.");
        code.Open("public static class ApiMessages");
        foreach (string kind in new[] { "request", "response" })
        {
            code.Summary($"An empty {kind}, or null for an unknown key.");
            code.Line($"public static IApiMessage? Create{Capitalize(kind)}(ApiKey key) => key switch");
            code.Line("{");
            foreach (MessageHeading message in all
                .Where(h => h.Kind == kind)
                .OrderBy(h => h.ApiKey))
            {
                code.Line($"    ApiKey.{ApiName(message.Name)} => new {message.Name}(),");
            }

            code.Line("    _ => null,");
            code.Line("};");
            code.Line();
        }

        code.Close();
    }

    private static CodeWriter Begin()
    {
        CodeWriter code = new();
        code.Line("// <auto-generated/>");
        code.Line("#nullable enable");
        code.Line("namespace Barnabas.Protocol;");
        code.Line();
        return code;
    }

    private static string RecordName(MessageHeading record)
    {
        string suffix = record.Kind == "metadata" ? "Record" : "Value";
        return record.Name.EndsWith(suffix, StringComparison.Ordinal)
            ? record.Name.Substring(0, record.Name.Length - suffix.Length)
            : record.Name;
    }

    private static int Stable(MessageHeading request) =>
        request.LatestVersionUnstable ? request.Versions.High - 1 : request.Versions.High;

    private static string Flexible(MessageHeading message) =>
        message.FlexibleVersions.IsEmpty ? "short.MaxValue" : $"{message.FlexibleVersions.Low}";

    private static string Listeners(MessageHeading request)
    {
        string[] names = request.Listeners.Split([' '], StringSplitOptions.RemoveEmptyEntries);
        return names.Length == 0
            ? "ApiListeners.None"
            : string.Join(" | ", names.Select(name => "ApiListeners." + Capitalize(name)));
    }

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Capitalize(string word) => char.ToUpperInvariant(word[0]) + word.Substring(1);
}
