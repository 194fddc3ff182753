package io.containerstatus.etcd.faults;

import io.containerstatus.Status;
import java.time.Instant;
import java.util.Comparator;

/**
 * Identifies the write that a status comes from: the number of the owner, and the number of the write of that
 * owner. So each written status is different.
 */
record WriteNumber(int epoch, int number) implements Comparable<WriteNumber> {
    private static final Comparator<WriteNumber> ORDER =
            Comparator.comparingInt(WriteNumber::epoch).thenComparingInt(WriteNumber::number);

    /** Returns the status that this write stores. */
    Status status() {
        return Status.builder()
                .createdAt(Instant.EPOCH.plusNanos(1))
                .message(toString())
                .build();
    }

    static WriteNumber of(Status status) {
        return parse(status.message());
    }

    static WriteNumber parse(String text) {
        String[] parts = text.split("\\.");
        return new WriteNumber(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public int compareTo(WriteNumber other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return epoch + "." + number;
    }
}
