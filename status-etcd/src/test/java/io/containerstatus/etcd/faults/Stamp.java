package io.containerstatus.etcd.faults;

import io.containerstatus.Status;
import java.time.Instant;
import java.util.Comparator;

/**
 * Which write of a container a status comes from: the owners are counted, and the writes of each. So each status that is
 * written is another one.
 */
record Stamp(int epoch, int number) implements Comparable<Stamp> {
    private static final Comparator<Stamp> ORDER =
            Comparator.comparingInt(Stamp::epoch).thenComparingInt(Stamp::number);

    /** Returns the status that this write stores. */
    Status status() {
        return Status.builder()
                .createdAt(Instant.EPOCH.plusNanos(1))
                .message(toString())
                .build();
    }

    static Stamp of(Status status) {
        return parse(status.message());
    }

    static Stamp parse(String text) {
        String[] parts = text.split("\\.");
        return new Stamp(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public int compareTo(Stamp other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return epoch + "." + number;
    }
}
