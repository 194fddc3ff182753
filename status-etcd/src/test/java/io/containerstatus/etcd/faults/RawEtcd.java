package io.containerstatus.etcd.faults;

import com.google.protobuf.ByteString;
import io.containerstatus.etcd.wire.AuthGrpc;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.MaintenanceGrpc;
import io.containerstatus.etcd.wire.WatchGrpc;
import io.containerstatus.etcd.wire.Wire.AuthenticateRequest;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.StatusRequest;
import io.containerstatus.etcd.wire.Wire.StatusResponse;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls one member without the library's client, so that no test checks the client with the client itself.
 * Calls that the library does not use go through the JSON gateway. Each call is sent once, and throws its failure.
 */
final class RawEtcd implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient http;
    private final ManagedChannel channel;
    private final String url;
    private final @Nullable String password;

    /** Creates a caller of a member without authentication. */
    RawEtcd(int port) {
        this(HttpClient.newHttpClient(), "http", port, InsecureChannelCredentials.create(), null);
    }

    /**
     * Creates a caller.
     *
     * @param password the password of the user root; null if there are no users
     */
    RawEtcd(HttpClient http, String scheme, int port, ChannelCredentials credentials, @Nullable String password) {
        this.http = http;
        this.password = password;
        url = scheme + "://127.0.0.1:" + port;
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port, credentials)
                .disableRetry()
                .maxInboundMessageSize(16 << 20)
                .intercept(new WithToken())
                .build();
    }

    String url() {
        return url;
    }

    private ManagedChannel channel() {
        // A member that could not be reached a moment ago may be reachable now.
        channel.resetConnectBackoff();
        return channel;
    }

    private KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel()).withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reads one key, linearizably; null if it does not exist. */
    @Nullable
    KeyValue get(String key) {
        RangeResponse answer =
                kv().range(RangeRequest.newBuilder().setKey(bytes(key)).build());
        return answer.getKvsCount() == 0 ? null : answer.getKvs(0);
    }

    /** Reads all keys that begin with this. */
    RangeResponse list(String beginning) {
        return kv().range(RangeRequest.newBuilder()
                .setKey(bytes(beginning))
                .setRangeEnd(endOf(beginning))
                .build());
    }

    static ByteString endOf(String beginning) {
        int last = beginning.length() - 1;
        return bytes(beginning.substring(0, last) + (char) (beginning.charAt(last) + 1));
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    TxnResponse txn(TxnRequest request) {
        return kv().txn(request);
    }

    WatchGrpc.WatchStub watch() {
        return WatchGrpc.newStub(channel());
    }

    StatusResponse status() {
        return MaintenanceGrpc.newBlockingStub(channel())
                .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .status(StatusRequest.getDefaultInstance());
    }

    void put(String key, String value) {
        post("/v3/kv/put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(value) + "\"}");
    }

    void delete(String key) {
        post("/v3/kv/deleterange", "{\"key\":\"" + base64(key) + "\"}");
    }

    /** Compacts the revisions before this one. */
    void compact(long revision) {
        post("/v3/kv/compaction", "{\"revision\":\"" + revision + "\",\"physical\":true}");
    }

    /** Returns the number of leases. */
    long leases() {
        return post("/v3/lease/leases", "{}").split("\"ID\"").length - 1L;
    }

    /** Calls the member through the gateway. */
    String post(String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (password != null) {
            request.header("Authorization", token());
        }
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(path + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String token() {
        return AuthGrpc.newBlockingStub(channel())
                .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName("root")
                        .setPassword(password)
                        .build())
                .getToken();
    }

    /** Adds a new token to each call, except to the authentication itself. */
    private final class WithToken implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            if (password == null || method == AuthGrpc.getAuthenticateMethod()) {
                return next.newCall(method, options);
            }
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token());
            return MetadataUtils.newAttachHeadersInterceptor(headers).interceptCall(method, options, next);
        }
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
