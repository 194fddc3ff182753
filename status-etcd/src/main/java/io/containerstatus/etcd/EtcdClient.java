package io.containerstatus.etcd;

import io.containerstatus.etcd.wire.AuthGrpc;
import io.containerstatus.etcd.wire.Wire.AuthenticateRequest;
import io.containerstatus.etcd.wire.Wire.AuthenticateResponse;
import io.containerstatus.fs.internal.DaemonThreads;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Calls of etcd, each to the member in use, each with a deadline, each asking for a leader. A call is made once: whether
 * it may be made again is for its caller to say, who knows what it means. A call that has begun is not cancelled.
 *
 * <p>All of it happens on the {@link #worker}: subscribe there; answers come there.
 */
final class EtcdClient {
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private static final long NAMES_IDLE_SECONDS = 1;

    private final Transport transport;
    private final @Nullable EtcdCredentials credentials;
    private final Duration requestTimeout;
    private final ScheduledThreadPoolExecutor thread;
    private final ThreadPoolExecutor names = threadForNames();
    private final Scheduler worker;
    private final Channels channels;
    private @Nullable String token;
    private @Nullable Mono<String> authentication;

    EtcdClient(Transport transport, @Nullable EtcdCredentials credentials, Duration requestTimeout) {
        this.transport = transport;
        this.credentials = credentials;
        this.requestTimeout = requestTimeout;
        thread = new ScheduledThreadPoolExecutor(1, task -> DaemonThreads.newThread(task, "status-etcd-client"));
        thread.setRemoveOnCancelPolicy(true);
        worker = Schedulers.fromExecutorService(thread, "status-etcd-client");
        channels = new Channels(transport, thread, names);
    }

    /**
     * A name service may take many seconds, and cannot be interrupted. On a thread of its own, it delays no deadline, and
     * no call that keeps the lease alive.
     */
    private static ThreadPoolExecutor threadForNames() {
        ThreadPoolExecutor names = new ThreadPoolExecutor(
                1,
                1,
                NAMES_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> DaemonThreads.newThread(task, "status-etcd-names"));
        names.allowCoreThreadTimeOut(true);
        return names;
    }

    /** Returns the one thread on which this is used. */
    Scheduler worker() {
        return worker;
    }

    /**
     * Makes the call once; twice, if it was refused for its token, which has no effect.
     *
     * @return emits the answer; or fails with {@link EtcdCallException}
     */
    <Q, A> Mono<A> call(MethodDescriptor<Q, A> method, Q request, Deadline until) {
        return Mono.defer(() -> {
            long pause = channels.pause();
            Mono<A> call = authenticatedCall(method, request, until);
            return pause <= 0
                    ? call
                    : Mono.delay(Duration.ofNanos(pause), worker).then(call);
        });
    }

    /** Makes a call that may be made any number of times, until it succeeds, cannot succeed, or the time is over. */
    <Q, A> Mono<A> repeatedCall(MethodDescriptor<Q, A> method, Q request, Deadline until) {
        return call(method, request, until)
                .retryWhen(Retry.from(failures -> failures.concatMap(signal ->
                        signal.failure() instanceof EtcdCallException failure && failure.mayPass() && !until.isExpired()
                                ? afterwards(failure)
                                : Mono.error(signal.failure()))));
    }

    /**
     * Opens a stream with one request, once. What it brings is taken as it comes. It has no deadline, but for its first
     * message: for a silence after that, whoever subscribes has to look out. Cancelling ends it.
     *
     * @return emits each message; never completes; fails with {@link EtcdCallException}, also when the server ends it
     */
    <Q, A> Flux<A> stream(MethodDescriptor<Q, A> method, Q request) {
        Flux<A> opening = Flux.defer(() -> {
            if (credentials == null) {
                return opened(method, request, null);
            }
            Deadline until = Deadline.after(requestTimeout.toNanos(), TimeUnit.NANOSECONDS);
            return token(credentials, until)
                    .flatMapMany(known -> opened(method, request, known).doOnError(EtcdCallException.class, failure -> {
                        if (failure.remedy() == Remedy.AUTHENTICATE) {
                            forget(known);
                        }
                    }));
        });
        return Mono.defer(() -> Mono.delay(Duration.ofNanos(Math.max(0, channels.pause())), worker))
                .thenMany(opening);
    }

    private <Q, A> Flux<A> opened(MethodDescriptor<Q, A> method, Q request, @Nullable String known) {
        return Flux.push(sink -> {
            Sent sent = new Sent();
            Channels.InUse used = channels.current();
            ClientCall<Q, A> call = used.channel().newCall(method, CallOptions.DEFAULT.withStreamTracerFactory(sent));
            EtcdStream<Q, A> stream = new EtcdStream<>(
                    call, sink, channels::succeeded, status -> sink.error(failed(method, used, status, sent.sent)));
            stream.start(headers(known), request, requestTimeout, worker);
        });
    }

    /** Returns when to call again after this failure: at once where another member is called. */
    Mono<Long> afterwards(EtcdCallException failure) {
        return failure.remedy() == Remedy.WAIT ? Mono.delay(Duration.ofMillis(100), worker) : Mono.just(0L);
    }

    private <Q, A> Mono<A> authenticatedCall(MethodDescriptor<Q, A> method, Q request, Deadline until) {
        if (credentials == null) {
            return once(method, request, until, null);
        }
        return token(credentials, until).flatMap(first -> once(method, request, until, first)
                .onErrorResume(EtcdCallException.class, failure -> {
                    if (failure.remedy() != Remedy.AUTHENTICATE) {
                        return Mono.error(failure);
                    }
                    forget(first);
                    return token(credentials, until).flatMap(second -> once(method, request, until, second));
                }));
    }

    private void forget(String refused) {
        if (refused.equals(token)) {
            token = null;
        }
    }

    /** Returns the token; all calls that need a new one wait for the same. */
    private Mono<String> token(EtcdCredentials known, Deadline until) {
        return Mono.defer(() -> {
            if (token != null) {
                return Mono.just(token);
            }
            if (authentication == null) {
                AuthenticateRequest request = AuthenticateRequest.newBuilder()
                        .setName(known.user())
                        .setPassword(known.password().get())
                        .build();
                authentication = once(AuthGrpc.getAuthenticateMethod(), request, until, null)
                        .map(AuthenticateResponse::getToken)
                        .doOnNext(fresh -> token = fresh)
                        // The call that needs the token was not made.
                        .onErrorMap(EtcdCallException.class, EtcdCallException::withoutEffect)
                        .doFinally(end -> authentication = null)
                        .cache();
            }
            return authentication;
        });
    }

    private <Q, A> Mono<A> once(MethodDescriptor<Q, A> method, Q request, Deadline until, @Nullable String token) {
        return Mono.create(caller -> {
            Sent sent = new Sent();
            Channels.InUse used = channels.current();
            Deadline deadline = until.minimum(Deadline.after(requestTimeout.toNanos(), TimeUnit.NANOSECONDS));
            ClientCall<Q, A> call = used.channel()
                    .newCall(method, CallOptions.DEFAULT.withDeadline(deadline).withStreamTracerFactory(sent));
            call.start(new Answer<>(method, used, sent, caller), headers(token));
            call.request(2);
            call.sendMessage(request);
            call.halfClose();
        });
    }

    private static Metadata headers(@Nullable String token) {
        Metadata headers = new Metadata();
        headers.put(HAS_LEADER, "true");
        if (token != null) {
            headers.put(TOKEN, token);
        }
        return headers;
    }

    /** Returns the failure of a call, and leaves the member where the next one may do better. */
    private EtcdCallException failed(MethodDescriptor<?, ?> method, Channels.InUse used, Status status, boolean sent) {
        EtcdCallException failure = EtcdCallException.of(method.getFullMethodName(), used.endpoint(), status, sent);
        if (failure.remedy() == Remedy.NEXT_ENDPOINT) {
            channels.leave(used);
        }
        return failure;
    }

    /** Gives up the connections and the thread; calls under way fail. Subscribe to it once. */
    Mono<Void> close() {
        return Mono.<Void>fromRunnable(channels::close)
                .subscribeOn(worker)
                .then(transport.close())
                .doFinally(end -> {
                    thread.shutdown();
                    names.shutdown();
                });
    }

    /** Notes that the call was given to a connection. From then on, nobody knows what of it has left the process. */
    private static final class Sent extends ClientStreamTracer.Factory {
        private volatile boolean sent;

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes attributes, Metadata created) {
                    sent = true;
                }
            };
        }
    }

    /** Waits for the one answer. */
    private final class Answer<A> extends ClientCall.Listener<A> {
        private final MethodDescriptor<?, A> method;
        private final Channels.InUse used;
        private final Sent sent;
        private final MonoSink<A> caller;
        private Optional<A> answer = Optional.empty();

        Answer(MethodDescriptor<?, A> method, Channels.InUse used, Sent sent, MonoSink<A> caller) {
            this.method = method;
            this.used = used;
            this.sent = sent;
            this.caller = caller;
        }

        @Override
        public void onMessage(A message) {
            answer = Optional.of(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (status.isOk() && answer.isPresent()) {
                channels.succeeded();
                caller.success(answer.get());
                return;
            }
            Status failure = status.isOk() ? Status.INTERNAL.withDescription("no answer") : status;
            caller.error(failed(method, used, failure, sent.sent));
        }
    }
}
