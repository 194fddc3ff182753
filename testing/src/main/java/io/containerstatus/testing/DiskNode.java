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

/** A file or a folder. Guarded by the lock of the disk. */
abstract sealed class DiskNode {
    /** The time of the last change, in ticks of the disk's clock. */
    long modified;

    /** A file: its current bytes and its synced bytes. */
    static final class File extends DiskNode {
        /** The number of bytes that a disk writes either completely or not at all. */
        static final int SECTOR = 512;

        byte[] bytes = new byte[0];
        byte @Nullable [] durable;
        /** Whether the current bytes may differ from the durable ones. */
        boolean dirty = true;
        /**
         * Whether a sync has failed, and the whole file has not been written since. The kernel takes the
         * bytes for clean, but they are not on the disk.
         */
        boolean forgotten;
        /** The sectors written since the last sync, whether or not that succeeded. */
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

        /** If an earlier sync of a sector failed, the sector stays uncertain until it is written again. */
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

        /** Returns whether the current length is durable, so that only bytes within it may differ. */
        boolean isInPlace() {
            return durable != null && durable.length == bytes.length;
        }

        /** Returns the sectors of a file written in place that may be old or new after a power cut. */
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

        /** Replaces the array of bytes. The old array is not changed. */
        void write(byte[] source, int position) {
            byte[] longer = Arrays.copyOf(bytes, Math.max(bytes.length, position + source.length));
            System.arraycopy(source, 0, longer, position, source.length);
            if (source.length == longer.length) {
                // The whole file was written again.
                forgotten = false;
            }
            bytes = longer;
            dirty = true;
            written.set(position / SECTOR, (position + source.length + SECTOR - 1) / SECTOR);
        }

        /**
         * Returns what a power cut may leave of the file while its length is not durable. An empty result
         * means that nothing is left, not even its names.
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

    /** A folder: the visible names, the durable names, and the changes between the two. */
    static final class Folder extends DiskNode {
        final Map<String, DiskNode> names = new LinkedHashMap<>();
        final Map<String, DiskNode> durable = new LinkedHashMap<>();
        final List<Change> pending = new ArrayList<>();

        /** Makes a change that is visible at once, but not durable. */
        void change(Change change) {
            change.apply(names);
            pending.add(change);
        }

        void persist() {
            pending.forEach(change -> change.apply(durable));
            pending.clear();
        }

        /** Returns all nodes that the folder holds, has held, or may hold after a power cut. */
        Set<DiskNode> everHeld() {
            Set<DiskNode> all = new LinkedHashSet<>(durable.values());
            pending.forEach(change -> all.addAll(change.edits.values()));
            all.addAll(names.values());
            all.remove(null);
            return all;
        }
    }

    /**
     * One change of names in one folder, which a power cut undoes completely or not at all. It maps each
     * changed name to its new node; null removes the name.
     */
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
