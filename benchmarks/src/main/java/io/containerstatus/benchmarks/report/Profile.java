package io.containerstatus.benchmarks.report;

import java.util.List;

/**
 * Where the time and the memory of one body went.
 *
 * @param group the group of the run that it belongs to
 * @param key the target's key
 * @param tables tables to be shown one after the other
 */
public record Profile(String group, String key, List<Table> tables) {

    /** Copies the tables. */
    public Profile {
        tables = List.copyOf(tables);
    }

    /** Shares of a whole, the greatest first. */
    public record Table(String title, List<Share> shares) {

        /** Copies the shares. */
        public Table {
            shares = List.copyOf(shares);
        }
    }

    /** What takes which share, already written for a reader. */
    public record Share(String what, String share) {}
}
