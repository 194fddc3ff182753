package io.containerstatus.examples;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Stores the identity of each running process on the disk, so that the next supervisor recognises the
 * process. containerd's status has no field for the identity.
 *
 * <p>The file {@code <root>/.processes/<id>} has one line. It is in the root, so that it moves with the
 * statuses, and the same lock protects it. It is not in the container's folder, because the deletion of a
 * container does not remove a folder that has files of other programs. The store does not touch
 * {@code .processes}, because no container id begins with a dot.
 */
public final class ProcessIdentities {
    private static final Pattern LINE = Pattern.compile("(\\d{1,18}) (.+)\n");

    private final Path root;
    private final Path folder;

    /** Creates the identities for the root of an open store, which must exist. Touches no file. */
    public ProcessIdentities(Path root) {
        this.root = root;
        this.folder = root.resolve(".processes");
    }

    /**
     * Replaces the stored identity of this container.
     *
     * @return completes once the file survives a power cut; or fails with an {@link IOException}. Then the
     *     file holds either the complete old identity or the complete new one
     */
    Mono<Void> save(String id, ProcessIdentity identity) {
        return run(() -> {
            Files.createDirectories(folder);
            Path next = folder.resolve("." + id);
            Files.writeString(next, identity.pid() + " " + identity.start() + "\n");
            sync(next);
            Files.move(next, folder.resolve(id), StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
            sync(root);
        });
    }

    /** Emits the stored identity of this container, if there is one; or fails with an {@link IOException}. */
    Mono<ProcessIdentity> find(String id) {
        return Mono.fromCallable(() -> read(folder.resolve(id))).subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Removes the stored identity of this container, if there is one. The removal is not synced: if a power
     * cut undoes it, no process has that identity any more.
     */
    Mono<Void> delete(String id) {
        return run(() -> Files.deleteIfExists(folder.resolve(id)));
    }

    private static @Nullable ProcessIdentity read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return null;
        }
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            throw new IOException(file + " holds no process identity: \"" + text.strip() + "\"");
        }
        return new ProcessIdentity(Long.parseLong(line.group(1)), line.group(2));
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private interface FileWork {
        void run() throws IOException;
    }

    private static Mono<Void> run(FileWork work) {
        return Mono.<Void>fromCallable(() -> {
                    work.run();
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }
}
