package io.containerstatus.examples.service;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Decides which requests are allowed. Any page that a user visits can make the user's browser send requests.
 * So a page of another origin may neither change nor read anything here. If a token is configured, a request
 * that changes something needs it.
 *
 * <p>A foreign name may resolve to this machine. Then a page of that name has the origin of this service. So a request
 * must name a host that cannot be foreign: an IP address, or a name that is known to be this machine's.
 */
final class RequestGuard implements WebFilter {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    /** An IP address in a Host header. Browsers take no such text for a name. */
    private static final Pattern IP_ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");

    private final boolean onLoopback;
    private final @Nullable String token;
    /** The allowed names, in lower case. */
    private final Set<String> names;

    /**
     * Guards a service.
     *
     * @param listening the address on which the service listens; null if it listens on all addresses
     * @param token the token; null if there is none
     * @param hosts further names by which this machine is reached, in lower or upper case
     * @throws IllegalArgumentException if the address is not a loopback address, and there is no token
     */
    RequestGuard(@Nullable InetAddress listening, @Nullable String token, Collection<String> hosts) {
        this.onLoopback = listening != null && listening.isLoopbackAddress();
        this.token = token;
        if (!onLoopback && token == null) {
            throw new IllegalArgumentException("a token is needed to listen on other addresses than loopback");
        }
        // On the loopback, the address may be another one than 127.0.0.1, and is in the URL that is printed.
        List<String> own = listening != null && onLoopback ? List.of(listening.getHostAddress()) : ownNames();
        this.names = Stream.of(LOOPBACK_NAMES, hosts, own)
                .flatMap(Collection::stream)
                .map(RequestGuard::lowerCase)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the names that this machine has for itself; none if its name does not resolve. */
    private static List<String> ownNames() {
        try {
            InetAddress machine = InetAddress.getLocalHost();
            return List.of(machine.getHostName(), machine.getCanonicalHostName());
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpResponse response = exchange.getResponse();
        setHeaders(response.getHeaders());
        boolean changing = !READING.contains(request.getMethod());
        if (!namesThisHost(request)) {
            return refuse(
                    response,
                    HttpStatus.MISDIRECTED_REQUEST,
                    "the host in the URL is not known to be this machine; the option --host adds a name");
        }
        if (isOfAnotherOrigin(request, changing)) {
            return refuse(response, HttpStatus.FORBIDDEN, "a page of another origin may not do this");
        }
        if (changing && token != null && !hasToken(request, token)) {
            response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            return refuse(response, HttpStatus.UNAUTHORIZED, "this request needs the token");
        }
        return chain.filter(exchange);
    }

    /**
     * Sets headers. With them, the page loads nothing from other origins, is shown in no frame, and sends
     * no referrer.
     */
    private static void setHeaders(HttpHeaders headers) {
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        // Browsers ask for a newer version of the page each time.
        headers.setCacheControl(CacheControl.noCache());
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
    }

    private boolean namesThisHost(ServerHttpRequest request) {
        InetSocketAddress address = request.getHeaders().getHost();
        if (address == null) {
            return false;
        }
        String host = lowerCase(address.getHostString());
        return names.contains(host) || (!onLoopback && IP_ADDRESS.matcher(host).matches());
    }

    private static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * Returns whether a page of another origin sends the request. Browsers declare the origin of a request,
     * and no page can change that. Other programs do not declare it, and no page controls them.
     */
    private static boolean isOfAnotherOrigin(ServerHttpRequest request, boolean changing) {
        HttpHeaders headers = request.getHeaders();
        String site = headers.getFirst("Sec-Fetch-Site");
        boolean foreign = site != null && !site.equals("same-origin") && !site.equals("none");
        // A link to this service may be followed.
        boolean followsLink = !changing && "navigate".equals(headers.getFirst("Sec-Fetch-Mode"));
        String origin = headers.getOrigin();
        boolean otherOrigin = origin != null && !isOrigin(origin, headers.getFirst(HttpHeaders.HOST));
        return (foreign && !followsLink) || otherOrigin;
    }

    private static boolean isOrigin(String origin, @Nullable String host) {
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException noUri) {
            return false;
        }
    }

    private static boolean hasToken(ServerHttpRequest request, String token) {
        String given = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        // Takes the same time for every wrong token.
        return given != null && MessageDigest.isEqual(bytes("Bearer " + token), bytes(given));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Mono<Void> refuse(ServerHttpResponse response, HttpStatus status, String detail) {
        response.setStatusCode(status);
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        String problem = "{\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
                .formatted(status.getReasonPhrase(), status.value(), detail);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes(problem))));
    }
}
