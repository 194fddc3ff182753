package io.containerstatus.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a name can lead to. Guarded by the disk. */
abstract sealed class DiskNode {
    /** Raised by every change, as a clock would. */
    long modified;

    /** A file: what can be read, and what was synced. */
    static final class File extends DiskNode {
        /** How many bytes a disk writes whole or not at all. */
        static final int SECTOR = 512;

        byte[] bytes = new byte[0];
        byte @Nullable [] durable;
        /** Whether the bytes differ from what is durable, in the disk's eyes. */
        boolean dirty = true;
        /** Set by a sync that failed until all is written again: the kernel holds the bytes for clean, and they are not on the disk. */
        boolean forgotten;
        /** The sectors that were written since the last sync, whether it succeeded or not. */
        final BitSet written = new BitSet();

        void persist() {
            if (isInPlace()) {
                persistWritten();
            } else if (!forgotten) {
                durable = bytes;
                dirty = false;
            }
            written.clear();
        }

        /** A sector that an earlier sync failed on stays uncertain until it is written again. */
        private void persistWritten() {
            byte[] synced = Objects.requireNonNull(durable).clone();
            written.stream().forEach(sector -> copySector(sector, bytes, synced));
            durable = synced;
            dirty = !Arrays.equals(synced, bytes);
        }

        void forget() {
            forgotten = dirty && !isInPlace();
            written.clear();
        }

        /** Returns whether the length is durable, so that only bytes in their places are not. */
        boolean isInPlace() {
            return durable != null && durable.length == bytes.length;
        }

        /** Returns the sectors of a file written in place that a power cut may leave as they were or as they are. */
        BitSet uncertainSectors() {
            byte[] old = Objects.requireNonNull(durable);
            BitSet uncertain = new BitSet();
            for (int at = 0; at < bytes.length; at += SECTOR) {
                int end = Math.min(bytes.length, at + SECTOR);
                if (!Arrays.equals(old, at, end, bytes, at, end)) {
                    uncertain.set(at / SECTOR);
                }
            }
            return uncertain;
        }

        static void copySector(int sector, byte[] source, byte[] target) {
            int at = sector * SECTOR;
            System.arraycopy(source, at, target, at, Math.min(SECTOR, source.length - at));
        }

        /** Replaces the bytes; the array itself is never changed. */
        void write(byte[] source, int position) {
            byte[] longer = Arrays.copyOf(bytes, Math.max(bytes.length, position + source.length));
            System.arraycopy(source, 0, longer, position, source.length);
            if (source.length == longer.length) {
                // All of it is written again.
                forgotten = false;
            }
            bytes = longer;
            dirty = true;
            written.set(position / SECTOR, (position + source.length + SECTOR - 1) / SECTOR);
        }

        /**
         * Returns what a power cut may leave of it while its length is not durable; empty for nothing, not even its names.
         */
        Set<Optional<String>> remains() {
            byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
            Set<Optional<String>> remains = new LinkedHashSet<>();
            remains.add(Optional.ofNullable(durable).map(DiskState::text));
            remains.add(Optional.of(""));
            remains.add(Optional.of(DiskState.text(new byte[bytes.length])));
            remains.add(Optional.of(DiskState.text(half)));
            remains.add(Optional.of(DiskState.text(bytes)));
            if (durable != null) {
                byte[] mixed = Arrays.copyOf(durable, Math.max(durable.length, half.length));
                System.arraycopy(half, 0, mixed, 0, half.length);
                remains.add(Optional.of(DiskState.text(mixed)));
            }
            return remains;
        }
    }

    /** A folder: the names that can be seen, those that are durable, and the changes between the two. */
    static final class Folder extends DiskNode {
        final Map<String, DiskNode> names = new LinkedHashMap<>();
        final Map<String, DiskNode> durable = new LinkedHashMap<>();
        final List<Change> pending = new ArrayList<>();

        /** Makes a change that can be seen at once, and that is not durable. */
        void change(Change change) {
            change.apply(names);
            pending.add(change);
        }

        void persist() {
            pending.forEach(change -> change.apply(durable));
            pending.clear();
        }

        /** Returns all that the folder holds, held or may hold after a power cut. */
        Set<DiskNode> everHeld() {
            Set<DiskNode> all = new LinkedHashSet<>(durable.values());
            pending.forEach(change -> all.addAll(change.edits.values()));
            all.addAll(names.values());
            all.remove(null);
            return all;
        }
    }

    /** One change of names in one folder, which a power cut takes away whole or not at all: name by name its new node. */
    record Change(Map<String, @Nullable DiskNode> edits) {
        void apply(Map<String, DiskNode> names) {
            edits.forEach((name, node) -> {
                if (node == null) {
                    names.remove(name);
                } else {
                    names.put(name, node);
                }
            });
        }
    }
}
