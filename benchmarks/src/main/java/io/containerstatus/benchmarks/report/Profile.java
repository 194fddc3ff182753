package io.containerstatus.benchmarks.report;

import java.util.List;

/**
 * Where one body used its time and its memory.
 *
 * @param group the group that the profile belongs to
 * @param key the key of the target
 * @param tables the tables, in the order in which they are shown
 */
public record Profile(String group, String key, List<Table> tables) {

    /** Copies the tables. */
    public Profile {
        tables = List.copyOf(tables);
    }

    /** Shares of a whole, the largest first. */
    public record Table(String title, List<Share> shares) {

        /** Copies the shares. */
        public Table {
            shares = List.copyOf(shares);
        }
    }

    /** One part and its share, both formatted for a reader. */
    public record Share(String what, String share) {}
}
