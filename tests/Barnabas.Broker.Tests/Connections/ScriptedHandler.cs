using System.Globalization;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>
/// Serves ListGroups: answers with as many bytes as the request asks for, or parks it until the test answers. The body
/// is one states filter: "now:N", "park", "bad" or "throw".
/// </summary>
internal sealed class ScriptedHandler : RequestHandler
{
    public List<ParkedRequest> Parked { get; } = [];

    public int Handled { get; private set; }

    public override ApiKey Api => ApiKey.ListGroups;

    public static byte[] Ask(string what, int correlationId = 7, int padding = 0)
    {
        ListGroupsRequest request = new() { StatesFilter = [what] };
        for (int left = padding; left > 0; left -= 30_000)
        {
            request.StatesFilter.Add(new string('p', Math.Min(left, 30_000)));
        }

        return Wire.Frame(request, 4, correlationId);
    }

    public override bool Handle(Request request, Span<byte> frame, int bodyStart)
    {
        Handled++;
        KafkaReader reader = new(frame[bodyStart..]);
        ListGroupsRequest message = new();
        message.Read(ref reader, request.Version);
        string what = message.StatesFilter[0];
        switch (what)
        {
            case "park":
                ParkedRequest parked = new(request);
                request.Parked = parked;
                Parked.Add(parked);
                return true;
            case "bad":
                return false;
            case "throw":
                throw new InvalidOperationException("as asked");
            default:
                Answer(request, int.Parse(what.AsSpan("now:".Length), CultureInfo.InvariantCulture));
                return true;
        }
    }

    public static void Answer(Request request, int bytes)
    {
        ListGroupsResponse response = new();
        for (int left = bytes; left > 0; left -= 30_000)
        {
            response.Groups.Add(new() { GroupId = new string('g', Math.Min(left, 30_000)) });
        }

        request.Reply(response);
    }

    internal sealed class ParkedRequest(Request request) : IParkedRequest
    {
        public Request Request => request;

        public bool IsCancelled { get; private set; }

        public bool IsAnswered { get; private set; }

        public void Answer(int bytes)
        {
            IsAnswered = true;
            ScriptedHandler.Answer(request, bytes);
        }

        public void Cancel()
        {
            IsCancelled = true;
            request.EndWithoutReply();
        }
    }
}
