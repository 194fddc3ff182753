package io.containerstatus.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An ext4 file system of four megabytes in a file, mounted as a loop device. */
public final class SmallDisk implements AutoCloseable {
    /**
     * Matches an extent of a file in the output of filefrag. The group is the first block of the extent on
     * the device.
     */
    private static final Pattern EXTENT = Pattern.compile("\\d+: +\\d+\\.\\. +\\d+: +(\\d+)\\.\\.");

    private final Path image;
    private final Path path;
    private boolean mounted;

    private SmallDisk(Path image, Path path) {
        this.image = image;
        this.path = path;
    }

    /** Creates a disk in the folder and mounts it. If that is not permitted, the test is skipped. */
    public static SmallDisk in(Path folder, String... formatOptions) throws IOException, InterruptedException {
        SmallDisk disk = new SmallDisk(folder.resolve("image"), Files.createDirectory(folder.resolve("mounted")));
        Child.run("truncate", "-s", "4M", disk.image);
        List<String> format = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F", "-m", "0"));
        format.addAll(List.of(formatOptions));
        format.add(disk.image.toString());
        Child.require("mkfs.ext4 is needed", format.toArray(String[]::new));
        Child.require("a mount must be permitted", disk.mount());
        disk.mounted = true;
        return disk;
    }

    /** Returns the mount point. */
    public Path path() {
        return path;
    }

    /** Fills all of the space with one file, and returns that file. */
    public Path fill() throws IOException {
        Path filler = path.resolve("filler");
        for (int size = 4096; size > 0; size /= 2) {
            append(filler, size);
        }
        return filler;
    }

    /** Uses up all inodes, and returns the last file that was created. */
    public Path useUpInodes() throws IOException {
        Path last = Files.createFile(path.resolve("inode-0"));
        for (int i = 1; i < 1000; i++) {
            try {
                last = Files.createFile(path.resolve("inode-" + i));
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("No space left on device");
                return last;
            }
        }
        throw new AssertionError("the disk did not run out of inodes");
    }

    /** Remounts the disk read-only. No file on it may be open for writing. */
    public void remountReadOnly() throws IOException, InterruptedException {
        Child.run("mount", "-o", "remount,ro", path);
    }

    /**
     * Makes the file system detect that it is damaged. It becomes read-only at once, even if files on it are
     * open, and what was not synced is lost.
     */
    public void failOver() throws IOException, InterruptedException {
        Path trigger = Path.of("/sys/fs/ext4", Path.of(device()).getFileName().toString(), "trigger_fs_error");
        assumeTrue(Files.isWritable(trigger), "the kernel must let the file system fail: " + trigger);
        Files.writeString(trigger, "1");
    }

    /**
     * Copies the device as a power cut would leave it now, and mounts the copy. It lacks everything that the kernel
     * has not yet written to the device.
     */
    public SmallDisk cutPower(Path folder) throws IOException, InterruptedException {
        Path location = Files.createTempDirectory(folder, "power-cut");
        SmallDisk left = new SmallDisk(
                Files.copy(image, location.resolve("image")), Files.createDirectory(location.resolve("mounted")));
        Child.run((Object[]) left.mount());
        left.mounted = true;
        return left;
    }

    /**
     * Makes the device end where this file begins. So the kernel can write neither to the file nor to what
     * follows it on the device, and gets a real EIO.
     *
     * @return an action that restores the rest of the device with its content
     */
    public Regain loseFrom(Path file) throws IOException, InterruptedException {
        String device = device();
        String extents = Child.require("filefrag is needed", "filefrag", "-v", "-b512", file.toString());
        long first = EXTENT.matcher(extents)
                .results()
                .mapToLong(extent -> Long.parseLong(extent.group(1)))
                .min()
                .orElseThrow();
        try (FileChannel bytes = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = bytes.size();
            ByteBuffer rest = ByteBuffer.allocate((int) (end - first * 512));
            while (rest.hasRemaining() && bytes.read(rest, first * 512 + rest.position()) > 0) {
                // A read may return fewer bytes than requested.
            }
            bytes.truncate(first * 512);
            Child.require("losetup is needed", "losetup", "-c", device);
            return () -> {
                Files.write(image, rest.array(), StandardOpenOption.APPEND);
                Child.run("losetup", "-c", device);
            };
        }
    }

    /** Restores what a device has lost. */
    @FunctionalInterface
    public interface Regain {
        /** Restores the device. */
        void run() throws IOException, InterruptedException;
    }

    private String device() throws IOException, InterruptedException {
        return Child.require("findmnt is needed", "findmnt", "-n", "-o", "SOURCE", path.toString())
                .strip();
    }

    /** Repairs the file system as the boot after a failure does, and mounts it again. */
    public void repair() throws IOException, InterruptedException {
        unmount();
        // fsck exits with 1 if it has repaired something.
        Child.require("fsck.ext4 is needed", "sh", "-c", "fsck.ext4 -p -f '" + image + "' || [ $? -eq 1 ]");
        Child.run((Object[]) mount());
        mounted = true;
    }

    private String[] mount() {
        return new String[] {"mount", "-o", "loop,errors=remount-ro", image.toString(), path.toString()};
    }

    private static void append(Path file, int size) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(new byte[size]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
    }

    private void unmount() throws IOException, InterruptedException {
        Child.run("umount", path);
        mounted = false;
    }

    @Override
    public void close() throws IOException {
        try {
            if (mounted) {
                unmount();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
