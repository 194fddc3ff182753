package io.containerstatus.etcd;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One channel for each member. One channel is in use at a time. After a failure, the next one is used. Each
 * time that all members in turn have failed, the pause before the next call becomes longer, up to a second,
 * so that a recovering etcd is not flooded. Used by one thread only.
 */
final class Channels {
    private static final long FIRST_PAUSE = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();

    /** The time without data after which a ping is sent. gRPC raises a shorter time to this one. */
    private static final Duration PING_AFTER = Duration.ofSeconds(10);

    private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);

    /** The size of the largest answer, in bytes. It is larger than a page of statuses. */
    private static final int LARGEST_ANSWER = 16 << 20;

    private final Executor executor;
    private final Executor lookups;
    private @Nullable Transport transport;
    private final List<String> names = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private long failuresInARow;
    private long turn;
    private long notBefore = System.nanoTime();

    /**
     * The channel in use.
     *
     * @param turn the number of changes from one channel to the next
     */
    record InUse(String endpoint, ManagedChannel channel, long turn) {}

    /**
     * Creates an object without channels.
     *
     * @param executor the one thread that uses this object, and on which answers come
     * @param lookups looks up names, which may take long
     */
    Channels(Executor executor, Executor lookups) {
        this.executor = executor;
        this.lookups = lookups;
    }

    /** Returns whether calls are possible, which needs {@link #open} first. */
    boolean isOpen() {
        return transport != null;
    }

    /** Creates the channels. Connects to nothing. */
    void open(Transport newTransport) {
        transport = newTransport;
        for (Transport.Member member : newTransport.members()) {
            names.add(member.name());
            channels.add(member.channel()
                    .executor(executor)
                    .offloadExecutor(lookups)
                    .disableServiceConfigLookUp() // Otherwise gRPC asks a name service for its own settings, too.
                    .disableRetry() // A transaction that may have been sent must not be sent again.
                    .keepAliveTime(PING_AFTER.toMillis(), TimeUnit.MILLISECONDS)
                    .keepAliveTimeout(PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .maxInboundMessageSize(LARGEST_ANSWER)
                    .build());
        }
    }

    InUse current() {
        int index = (int) (turn % channels.size());
        return new InUse(names.get(index), channels.get(index), turn);
    }

    /** Returns how long to wait before the next call, in nanoseconds; 0 or less if there is no wait. */
    long pause() {
        return notBefore - System.nanoTime();
    }

    void succeeded() {
        failuresInARow = 0;
    }

    /**
     * Switches to the next member after a failure, unless another call has done that already: if several
     * calls fail together, only one counts.
     */
    void leave(InUse failed) {
        if (failed.turn() != turn) {
            return;
        }
        turn++;
        failuresInARow++;
        // If gRPC remembers a failed connection to this member, it would refuse calls for up to two minutes.
        current().channel().resetConnectBackoff();
        if (failuresInARow % channels.size() == 0) {
            notBefore = System.nanoTime() + pauseAfter(failuresInARow / channels.size());
        }
    }

    /**
     * Returns the pause after this many rounds through all members. Half of it is random, so that clients
     * that lost the same member do not return at the same moment.
     */
    private static long pauseAfter(long rounds) {
        long full = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(rounds - 1, 10));
        return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
    }

    /** Closes the channels and the resources that they share. Calls in progress fail. */
    Mono<Void> close() {
        channels.forEach(ManagedChannel::shutdownNow);
        return transport == null ? Mono.empty() : transport.close();
    }
}
