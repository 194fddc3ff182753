package io.containerstatus.etcd;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The client URLs of the members of one etcd cluster, such as {@code http://127.0.0.1:2379}. One member is
 * used at a time, beginning with the first one. After a failure, the next one is used.
 *
 * <p>This class is immutable.
 */
public final class EtcdEndpoints {
    private static final int DEFAULT_PORT = 2379;

    private final List<Endpoint> endpoints;
    private final boolean secure;

    /**
     * One member.
     *
     * @param host a name or an address; an IPv6 address is in brackets
     * @param port the port
     */
    record Endpoint(String host, int port) {
        String authority() {
            return host + ":" + port;
        }
    }

    private EtcdEndpoints(List<Endpoint> endpoints, boolean secure) {
        this.endpoints = List.copyOf(endpoints);
        this.secure = secure;
    }

    /**
     * Returns the members with these URLs. Looks up no name and connects to nothing.
     *
     * @param urls each of the form {@code http://host[:port]}, or each of them with {@code https}. If a URL
     *     has no port, its port is 2379
     * @throws IllegalArgumentException if there is no URL, if a URL has another form, or if some have
     *     {@code https} and others do not
     */
    public static EtcdEndpoints of(String... urls) {
        return of(List.of(urls));
    }

    /**
     * Returns the members with these URLs, as {@link #of(String...)} does.
     *
     * @throws IllegalArgumentException if there is no URL, if a URL has another form, or if some have
     *     {@code https} and others do not
     */
    public static EtcdEndpoints of(List<String> urls) {
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("no endpoint is given");
        }
        List<Endpoint> endpoints = new ArrayList<>();
        boolean secure = isSecure(urls.get(0));
        for (String url : urls) {
            if (isSecure(url) != secure) {
                throw new IllegalArgumentException("some endpoints are secure and others are not: " + urls);
            }
            endpoints.add(endpoint(url));
        }
        return new EtcdEndpoints(endpoints, secure);
    }

    private static boolean isSecure(String url) {
        return Objects.requireNonNull(url, "url").startsWith("https://");
    }

    private static Endpoint endpoint(String url) {
        URI uri = URI.create(url);
        String scheme = Objects.requireNonNullElse(uri.getScheme(), "");
        String rest = uri.getRawPath() + uri.getRawQuery() + uri.getRawFragment() + uri.getRawUserInfo();
        if (uri.getHost() == null
                || !(scheme.equals("http") || scheme.equals("https"))
                || !(rest.equals("nullnullnull") || rest.equals("/nullnullnull"))) {
            throw new IllegalArgumentException("not of the form http[s]://host[:port]: " + url);
        }
        return new Endpoint(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }

    List<Endpoint> list() {
        return endpoints;
    }

    boolean secure() {
        return secure;
    }

    @Override
    public String toString() {
        return endpoints.stream().map(Endpoint::authority).toList().toString();
    }
}
