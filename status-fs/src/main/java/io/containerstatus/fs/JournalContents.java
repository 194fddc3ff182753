package io.containerstatus.fs;

import io.containerstatus.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a root's journal, see {@link FileCheckpoints#journal()}.
 *
 * <p>Only the library creates instances. Compatibility does not cover the constructor and the number of components.
 *
 * @param records the valid records, by ascending sequence number. For each container, the last record is its current
 *     state, regardless of its file
 * @param damage the parts of the journal that were durable once and cannot be read any more, each as a human-readable
 *     sentence; empty if there is none. An unreadable header of a segment is always included. The segment may be out
 *     of date, but only an opening can determine that, because it also reads the lock file
 */
public record JournalContents(List<Entry> records, List<String> damage) {
    /** Copies the lists. */
    public JournalContents {
        records = List.copyOf(records);
        damage = List.copyOf(damage);
    }

    /**
     * One change of one container.
     *
     * @param sequence the number of the record in the journal, at least 1
     * @param id the container
     * @param status the new status; null for a deletion
     */
    public record Entry(long sequence, String id, @Nullable Status status) {}
}
