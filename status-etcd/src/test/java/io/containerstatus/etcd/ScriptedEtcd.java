package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.containerstatus.etcd.wire.AuthGrpc;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.LeaseGrpc;
import io.containerstatus.etcd.wire.WatchGrpc;
import io.containerstatus.etcd.wire.Wire.AuthenticateRequest;
import io.containerstatus.etcd.wire.Wire.AuthenticateResponse;
import io.containerstatus.etcd.wire.Wire.LeaseGrantRequest;
import io.containerstatus.etcd.wire.Wire.LeaseGrantResponse;
import io.containerstatus.etcd.wire.Wire.LeaseKeepAliveRequest;
import io.containerstatus.etcd.wire.Wire.LeaseKeepAliveResponse;
import io.containerstatus.etcd.wire.Wire.LeaseRevokeRequest;
import io.containerstatus.etcd.wire.Wire.LeaseRevokeResponse;
import io.containerstatus.etcd.wire.Wire.LeaseTimeToLiveRequest;
import io.containerstatus.etcd.wire.Wire.LeaseTimeToLiveResponse;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.containerstatus.etcd.wire.Wire.WatchCreateRequest;
import io.containerstatus.etcd.wire.Wire.WatchRequest;
import io.containerstatus.etcd.wire.Wire.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * One member in this process whose answers the test supplies. Each call takes the next answer: a status, a
 * message, or a supplier, which is called when the request arrives.
 */
final class ScriptedEtcd implements AutoCloseable {
    /** The answer to a call that is never answered. */
    static final Object SILENCE = new Object();

    final String name = UUID.randomUUID().toString();
    final Queue<Metadata> headers = new ConcurrentLinkedQueue<>();
    final Queue<Message> requests = new ConcurrentLinkedQueue<>();
    private final Queue<Object> answers = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<OpenWatch> watches = new LinkedBlockingQueue<>();
    private final Server server;

    ScriptedEtcd() {
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .intercept(new HeaderRecorder())
                .addService(new Kv())
                .addService(new Auth())
                .addService(new Lease())
                .addService(new Watches())
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a transport to these members. A member whose server was closed refuses connections. */
    static Transport to(ScriptedEtcd... members) {
        return new Transport() {
            @Override
            public List<Member> members() {
                return Arrays.stream(members)
                        .map(member -> new Member(member.name, InProcessChannelBuilder.forName(member.name)))
                        .toList();
            }

            @Override
            public Mono<Void> close() {
                return Mono.empty();
            }
        };
    }

    ScriptedEtcd answer(Object... next) {
        answers.addAll(List.of(next));
        return this;
    }

    /** Drops the remaining answers. */
    void forgetTheRest() {
        answers.clear();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class HeaderRecorder implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            headers.add(metadata);
            return next.startCall(call, metadata);
        }
    }

    @SuppressWarnings("unchecked") // The test supplies an answer of the call's type.
    private <A> void take(Message request, StreamObserver<A> caller) {
        requests.add(request);
        Object next = answers.poll();
        Object answer = next instanceof Supplier<?> supplier ? supplier.get() : next;
        if (answer instanceof Status status) {
            caller.onError(status.asRuntimeException());
        } else if (answer == null) {
            caller.onError(
                    Status.UNIMPLEMENTED.withDescription("no answer is left").asRuntimeException());
        } else if (answer != SILENCE) {
            caller.onNext((A) answer);
            caller.onCompleted();
        }
    }

    private final class Kv extends KVGrpc.KVImplBase {
        @Override
        public void txn(TxnRequest request, StreamObserver<TxnResponse> caller) {
            take(request, caller);
        }

        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> caller) {
            take(request, caller);
        }
    }

    private final class Auth extends AuthGrpc.AuthImplBase {
        @Override
        public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> caller) {
            take(request, caller);
        }
    }

    /** Sends nothing by itself: the test takes each watch, and sends its events. */
    private final class Watches extends WatchGrpc.WatchImplBase {
        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> caller) {
            return new StreamObserver<>() {
                private final OpenWatch watch = new OpenWatch((ServerCallStreamObserver<WatchResponse>) caller);

                {
                    watch.caller.setOnCancelHandler(() -> watch.cancelled.countDown());
                }

                @Override
                public void onNext(WatchRequest request) {
                    requests.add(request);
                    watch.request = request.getCreateRequest();
                    watches.add(watch);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }
    }

    /** A watch that a client has requested. */
    static final class OpenWatch {
        final CountDownLatch cancelled = new CountDownLatch(1);
        private final ServerCallStreamObserver<WatchResponse> caller;
        private volatile WatchCreateRequest request = WatchCreateRequest.getDefaultInstance();

        private OpenWatch(ServerCallStreamObserver<WatchResponse> caller) {
            this.caller = caller;
        }

        WatchCreateRequest request() {
            return request;
        }

        OpenWatch sends(WatchResponse... answers) {
            for (WatchResponse answer : answers) {
                caller.onNext(answer);
            }
            return this;
        }

        void breaks(Status status) {
            caller.onError(status.asRuntimeException());
        }
    }

    /** Returns the next requested watch that was not taken yet. */
    OpenWatch watch() {
        try {
            OpenWatch next = watches.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("a watch").isNotNull();
            return next;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Lease extends LeaseGrpc.LeaseImplBase {
        @Override
        public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> caller) {
            take(request, caller);
        }

        @Override
        public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> caller) {
            take(request, caller);
        }

        /** Takes no supplied answer, because a close revokes whatever was granted. */
        @Override
        public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> caller) {
            requests.add(request);
            caller.onNext(LeaseRevokeResponse.getDefaultInstance());
            caller.onCompleted();
        }

        @Override
        public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> caller) {
            return new StreamObserver<>() {
                @Override
                public void onNext(LeaseKeepAliveRequest request) {
                    take(request, caller);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }
    }
}
