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
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Calls etcd. Each call goes to the member in use, has a deadline, and requires that etcd has a leader. A
 * call is sent once. The caller decides whether to repeat it, because only the caller knows its meaning. A
 * call that has begun is not cancelled.
 *
 * <p>All of this runs on the {@link #worker}: callers subscribe on it, and answers come on it.
 */
final class EtcdClient {
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private static final long IDLE_SECONDS = 1;

    private final Duration requestTimeout;
    private final ScheduledThreadPoolExecutor thread;
    private final ThreadPoolExecutor names = threadThatMayBlock("status-etcd-names");
    private final ThreadPoolExecutor settings = threadThatMayBlock("status-etcd-settings");
    private final Scheduler worker;
    private final Channels channels;
    private final Offloaded<Transport> connecting;
    private final @Nullable Login login;
    private @Nullable String token;
    private @Nullable Mono<String> authentication;

    EtcdClient(Transport.Connector connector, @Nullable EtcdCredentials credentials, Duration requestTimeout) {
        this.requestTimeout = requestTimeout;
        thread = new ScheduledThreadPoolExecutor(1, task -> DaemonThreads.newThread(task, "status-etcd-client"));
        thread.setRemoveOnCancelPolicy(true);
        worker = Schedulers.fromExecutorService(thread, "status-etcd-client");
        channels = new Channels(thread, names);
        connecting = new Offloaded<>(
                connector::connect, transport -> transport.close().subscribe(), settings, worker);
        login = credentials == null
                ? null
                : new Login(
                        credentials.user(),
                        new Offloaded<>(() -> credentials.password().get(), unused -> {}, settings, worker));
    }

    /**
     * Creates a thread for work that may take many seconds and cannot always be interrupted: name lookups,
     * file reads, and the application's supplier of the password. On a thread of its own, such work delays no
     * deadline, and no call that keeps the lease alive.
     */
    private static ThreadPoolExecutor threadThatMayBlock(String name) {
        ThreadPoolExecutor one = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> DaemonThreads.newThread(task, name));
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** Returns the one thread on which this object is used. */
    Scheduler worker() {
        return worker;
    }

    /**
     * Sends the call once. If it is refused because of its token, which has no effect, sends it a second time
     * with a new token.
     *
     * @return emits the answer; or fails with {@link EtcdCallException}
     */
    <Q, A> Mono<A> call(MethodDescriptor<Q, A> method, Q request, Deadline until) {
        return Mono.defer(() -> channels.isOpen()
                ? pausedCall(method, request, until)
                : connect(until).then(Mono.defer(() -> pausedCall(method, request, until))));
    }

    private <Q, A> Mono<A> pausedCall(MethodDescriptor<Q, A> method, Q request, Deadline until) {
        long pause = channels.pause();
        if (pause <= 0) {
            return authenticatedCall(method, request, until);
        }
        long left = until.timeRemaining(TimeUnit.NANOSECONDS);
        Mono<A> afterwards = pause < left
                ? Mono.defer(() -> authenticatedCall(method, request, until))
                : Mono.error(() -> expiredBefore(method));
        return Mono.delay(Duration.ofNanos(Math.max(0, Math.min(pause, left))), worker)
                .then(afterwards);
    }

    /** Returns the failure of a call whose time is over before the pause is. */
    private EtcdCallException expiredBefore(MethodDescriptor<?, ?> method) {
        Status status = Status.DEADLINE_EXCEEDED.withDescription("the time was over during a pause after failures");
        return EtcdCallException.of(
                method.getFullMethodName(), channels.current().endpoint(), status, /* sent= */ false);
    }

    /**
     * Creates the channels before the first call. This loads gRPC's classes and reads the files of the TLS
     * settings.
     */
    private Mono<Void> connect(Deadline until) {
        return connecting
                .within(
                        patience(until),
                        () -> EtcdCallException.notMade(
                                "the client was not ready in time: loading its classes, or reading the files of the TLS"
                                        + " settings, took too long",
                                null,
                                Remedy.WAIT))
                .doOnNext(transport -> {
                    if (!channels.isOpen()) { // Another call may have waited for the same result.
                        channels.open(transport);
                    }
                })
                .onErrorMap(
                        failure -> failure instanceof IOException
                                || (failure instanceof RuntimeException && !(failure instanceof EtcdCallException)),
                        failure -> EtcdCallException.notMade(
                                "the files of the TLS settings cannot be used: " + failure, failure, Remedy.NONE))
                .then();
    }

    /** Returns how long a call may take. */
    private Duration patience(Deadline until) {
        return Duration.ofNanos(
                Math.max(0, Math.min(requestTimeout.toNanos(), until.timeRemaining(TimeUnit.NANOSECONDS))));
    }

    private Deadline soon() {
        return Deadline.after(requestTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Repeats a call that may be sent any number of times, until it succeeds, cannot succeed, or the time is
     * over. The failure has the effect of all attempts.
     */
    <Q, A> Mono<A> repeatedCall(MethodDescriptor<Q, A> method, Q request, Deadline until) {
        return Mono.defer(() -> {
            AtomicReference<@Nullable EtcdCallException> before = new AtomicReference<>();
            return call(method, request, until)
                    .retryWhen(Retry.from(failures -> failures.concatMap(signal -> {
                        if (!(signal.failure() instanceof EtcdCallException attempt)) {
                            return Mono.error(signal.failure());
                        }
                        EtcdCallException failure = attempt.withEffectOf(before.get());
                        EtcdCallException last = before.getAndSet(failure);
                        if (!failure.mayPass()) {
                            return Mono.error(failure);
                        }
                        return until.isExpired() ? Mono.error(failure.after(last)) : afterwards(failure);
                    })));
        });
    }

    /**
     * Opens a stream with one request, once. Messages are received as they arrive, whatever the demand is.
     * Only the first message has a deadline. The subscriber itself must notice if the stream becomes silent
     * later. Cancelling ends the stream.
     *
     * @return emits each message. Never completes. Fails with {@link EtcdCallException}, also if the server
     *     ends the stream
     */
    <Q, A> Flux<A> stream(MethodDescriptor<Q, A> method, Q request) {
        Flux<A> opening = Flux.defer(() -> {
            if (login == null) {
                return opened(method, request, null);
            }
            return token(login, soon())
                    .flatMapMany(known -> opened(method, request, known).doOnError(EtcdCallException.class, failure -> {
                        if (failure.remedy() == Remedy.AUTHENTICATE) {
                            forget(known);
                        }
                    }));
        });
        return Mono.defer(() -> channels.isOpen() ? Mono.empty() : connect(soon()))
                .then(Mono.defer(() -> Mono.delay(Duration.ofNanos(Math.max(0, channels.pause())), worker)))
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

    /**
     * Emits once the call may be repeated after this failure: immediately if another member is called,
     * otherwise after a pause.
     */
    Mono<Long> afterwards(EtcdCallException failure) {
        return failure.remedy() == Remedy.WAIT ? Mono.delay(Duration.ofMillis(100), worker) : Mono.just(0L);
    }

    private <Q, A> Mono<A> authenticatedCall(MethodDescriptor<Q, A> method, Q request, Deadline until) {
        if (login == null) {
            return once(method, request, until, null);
        }
        return token(login, until).flatMap(first -> once(method, request, until, first)
                .onErrorResume(EtcdCallException.class, failure -> {
                    if (failure.remedy() != Remedy.AUTHENTICATE) {
                        return Mono.error(failure);
                    }
                    forget(first);
                    return token(login, until).flatMap(second -> once(method, request, until, second));
                }));
    }

    private void forget(String refused) {
        if (refused.equals(token)) {
            token = null;
        }
    }

    /** Returns the token. All calls that need a new token wait for the same one. */
    private Mono<String> token(Login known, Deadline until) {
        return Mono.defer(() -> {
            if (token != null) {
                return Mono.just(token);
            }
            if (authentication == null) {
                authentication = known.password()
                        .within(
                                patience(until),
                                () -> EtcdCallException.notMade(
                                        "the password was not supplied in time", null, Remedy.WAIT))
                        .onErrorMap(
                                failure -> !(failure instanceof EtcdCallException),
                                failure -> EtcdCallException.notMade(
                                        "the password was not supplied: " + failure, failure, Remedy.NONE))
                        .map(secret -> AuthenticateRequest.newBuilder()
                                .setName(known.user())
                                .setPassword(secret)
                                .build())
                        .flatMap(request -> once(AuthGrpc.getAuthenticateMethod(), request, until, null))
                        .map(AuthenticateResponse::getToken)
                        .doOnNext(fresh -> token = fresh)
                        // The call that needs the token was not sent.
                        .onErrorMap(EtcdCallException.class, EtcdCallException::withoutEffect)
                        // Before the signal: a caller who repeats the call at once must not get the same failure.
                        .doOnTerminate(() -> authentication = null)
                        .cache();
            }
            return authentication;
        });
    }

    private <Q, A> Mono<A> once(MethodDescriptor<Q, A> method, Q request, Deadline until, @Nullable String token) {
        return Mono.create(caller -> {
            Sent sent = new Sent();
            Channels.InUse used = channels.current();
            Deadline deadline = until.minimum(soon());
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

    /** Returns the failure of a call. Switches to the next member if that may help. */
    private EtcdCallException failed(MethodDescriptor<?, ?> method, Channels.InUse used, Status status, boolean sent) {
        EtcdCallException failure = EtcdCallException.of(method.getFullMethodName(), used.endpoint(), status, sent);
        if (failure.remedy() == Remedy.NEXT_ENDPOINT) {
            channels.leave(used);
        }
        return failure;
    }

    /** Releases the connections and the threads. Calls in progress fail. Subscribe once. */
    Mono<Void> close() {
        return Mono.defer(() -> {
                    EtcdCallException closed = EtcdCallException.notMade("the client is closed", null, Remedy.NONE);
                    connecting.end(closed);
                    if (login != null) {
                        login.password().end(closed);
                    }
                    settings.shutdownNow(); // Work of the application on this thread may be interrupted.
                    return channels.close();
                })
                .subscribeOn(worker)
                .doFinally(end -> {
                    thread.shutdown();
                    names.shutdown();
                });
    }

    /** The name of the user, and the source of the password. */
    private record Login(String user, Offloaded<String> password) {}

    /**
     * Notes that the call was given to a connection. From then on, it is unknown how much of the call has
     * left the process.
     */
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
