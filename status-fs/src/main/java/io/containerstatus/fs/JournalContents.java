package io.containerstatus.fs;

import io.containerstatus.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the journal of a root holds, see {@link FileCheckpoints#journal()}.
 *
 * <p>Only the library creates it: constructor and number of components are not covered by compatibility.
 *
 * @param records the records that count, in their order: the last one of a container is in force, whatever its file says
 * @param damage what was durable once and cannot be read: sentences, for a reader. Empty when there is nothing
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
     * @param sequence its number in the journal, at least 1
     * @param id the container
     * @param status the new status; null for a deletion
     */
    public record Entry(long sequence, String id, @Nullable Status status) {}
}
