using System.Net;
using Barnabas.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>
/// Three pages over HTTP: <c>/metrics</c> for Prometheus, <c>/health</c> (the process lives) and <c>/ready</c> (clients
/// are served). Nothing of the web framework is loaded unless a listener is configured.
/// </summary>
internal sealed class MetricsServer : IDisposable
{
    /// <summary>Scrapers are few; more connections at once are a mistake or an attack.</summary>
    private const int ConnectionsMax = 64;

    private const int RequestHeaderBytesMax = 8 * 1024;

    private readonly WebApplication _web;

    private MetricsServer(WebApplication web)
    {
        _web = web;
    }

    /// <summary>Where the server listens, with the port that was chosen if 0 was asked for.</summary>
    internal Uri Address => new(_web.Urls.First());

    /// <summary>
    /// Listens; throws <see cref="IOException"/>, <see cref="System.Net.Sockets.SocketException"/> or
    /// <see cref="NetworkException"/> if it cannot.
    /// </summary>
    public static MetricsServer Start(HostAndPort endpoint, MetricRegistry registry, INode node, ILoggerFactory loggers)
    {
        IPAddress address = Resolve(endpoint.Host);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, LifeOfTheNode>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxRequestHeadersTotalSize = RequestHeaderBytesMax;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Listen(address, endpoint.Port);
        });
        WebApplication web = builder.Build();
        web.Run(context => Answer(context, registry, node));
        // Blocking once at start is fine: the main thread has nothing else to do.
        web.StartAsync().GetAwaiter().GetResult();
        return new MetricsServer(web);
    }

    public void Dispose()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        try
        {
            _web.StopAsync(patience.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // A scraper that does not hang up is no reason to wait.
        }

        ((IDisposable)_web).Dispose();
    }

    private static Task Answer(HttpContext context, MetricRegistry registry, INode node)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        switch (context.Request.Path.Value)
        {
            case "/metrics":
                return Write(
                    context,
                    StatusCodes.Status200OK,
                    PrometheusText.ContentType,
                    PrometheusText.Write(registry.Metrics));
            case "/health":
                return Write(context, StatusCodes.Status200OK, "text/plain", "ok\n");
            case "/ready" when node.State == NodeState.Ready:
                return Write(context, StatusCodes.Status200OK, "text/plain", "ready\n");
            case "/ready":
                return Write(context, StatusCodes.Status503ServiceUnavailable, "text/plain", $"{node.State}\n");
            default:
                return Write(context, StatusCodes.Status404NotFound, "text/plain", "try /metrics, /health or /ready\n");
        }
    }

    private static Task Write(HttpContext context, int status, string contentType, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(body);
    }

    /// <summary>The framework's own would end the page at the first signal, while the node still closes.</summary>
    private sealed class LifeOfTheNode : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static IPAddress Resolve(string host)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return address;
        }

        try
        {
            return Dns.GetHostAddresses(host)[0];
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IndexOutOfRangeException)
        {
            throw new NetworkException($"'{host}' has no address ({exception.Message})");
        }
    }
}
