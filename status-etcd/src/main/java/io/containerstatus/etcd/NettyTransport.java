package io.containerstatus.etcd;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Reaches the members over TCP, with one thread for all of them. */
final class NettyTransport implements Transport {
    /** The time in which closed channels can finish their work, in milliseconds. */
    private static final long QUIET = 20;

    private static final long LONGEST_CLOSE = 2_000;

    private final EventLoopGroup loop;
    private final List<Member> members;

    /**
     * Creates a transport. Connects to nothing.
     *
     * @throws IOException if a file of the TLS settings cannot be read
     */
    NettyTransport(EtcdEndpoints endpoints, EtcdTls tls) throws IOException {
        ChannelCredentials credentials = endpoints.secure() ? tls.credentials() : InsecureChannelCredentials.create();
        loop = new NioEventLoopGroup(1, new DefaultThreadFactory("status-etcd-io", /* daemon= */ true));
        members = endpoints.list().stream()
                .map(endpoint -> new Member(endpoint.authority(), channel(endpoint.authority(), credentials)))
                .toList();
    }

    private NettyChannelBuilder channel(String authority, ChannelCredentials credentials) {
        return NettyChannelBuilder.forTarget("dns:///" + authority, credentials)
                .eventLoopGroup(loop)
                .channelType(NioSocketChannel.class);
    }

    @Override
    public List<Member> members() {
        return members;
    }

    @Override
    public Mono<Void> close() {
        return Mono.create(closed -> {
            Future<?> unused = loop.shutdownGracefully(QUIET, LONGEST_CLOSE, TimeUnit.MILLISECONDS)
                    .addListener(end -> closed.success());
        });
    }
}
