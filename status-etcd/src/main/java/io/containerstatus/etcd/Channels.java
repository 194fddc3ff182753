package io.containerstatus.etcd;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One channel a member. One is in use; after a failure it is the next one. When all have failed in turn, it takes longer
 * and longer until the next call, up to a second, so that nobody floods an etcd that comes back. Used by one thread only.
 */
final class Channels {
    private static final long FIRST_PAUSE = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();

    /** etcd closes connections that are pinged more often. */
    private static final Duration PING_AFTER = Duration.ofSeconds(5);

    private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);

    /** Above what a page of statuses takes. */
    private static final int LARGEST_ANSWER = 16 << 20;

    private final List<String> names = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private long failuresInARow;
    private long turn;
    private long notBefore = System.nanoTime();

    /**
     * A channel as long as it is the one in use.
     *
     * @param turn counts the changes from one channel to the next
     */
    record InUse(String endpoint, ManagedChannel channel, long turn) {}

    /**
     * Creates one; nothing is connected to.
     *
     * @param executor where answers come: the one thread that uses this
     * @param lookups where names are looked up, which may take long
     */
    Channels(Transport transport, Executor executor, Executor lookups) {
        for (Transport.Member member : transport.members()) {
            names.add(member.name());
            channels.add(member.channel()
                    .executor(executor)
                    .offloadExecutor(lookups)
                    .disableServiceConfigLookUp() // Else a name service is asked for gRPC's own settings, too.
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

    /** Returns how long to wait before the next call, in nanoseconds; 0 or less for not at all. */
    long pause() {
        return notBefore - System.nanoTime();
    }

    void succeeded() {
        failuresInARow = 0;
    }

    /** Leaves this member after a failure, unless it was left already: of several calls that fail together, one counts. */
    void leave(InUse failed) {
        if (failed.turn() != turn) {
            return;
        }
        turn++;
        failuresInARow++;
        // gRPC remembers that this one could not be reached, and would refuse calls for up to two minutes.
        current().channel().resetConnectBackoff();
        if (failuresInARow % channels.size() == 0) {
            notBefore = System.nanoTime() + pauseAfter(failuresInARow / channels.size());
        }
    }

    /** With a jitter of a half: clients that lost the same member do not come back at the same moment. */
    private static long pauseAfter(long rounds) {
        long full = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(rounds - 1, 10));
        return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
    }

    /** Ends every connection; calls under way fail. */
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
