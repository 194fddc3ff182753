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
 * Keeps the identity of each running process on the disk, so that the next supervisor recognises the process. containerd's
 * status has no field for it.
 *
 * <p>The file is {@code <root>/.processes/<id>}, one line. It lies in the root, so that it moves along with the statuses
 * and is protected by the same lock. It does not lie in the container's folder, because the deletion of a container leaves
 * a folder with files of others in it. The store leaves {@code .processes} alone: no container id begins with a dot.
 */
final class ProcessIdentities {
    private static final Pattern LINE = Pattern.compile("(\\d{1,18}) (.+)\n");

    private final Path root;
    private final Path folder;

    /** Takes the root of an open store, which must be there. Touches no file. */
    ProcessIdentities(Path root) {
        this.root = root;
        this.folder = root.resolve(".processes");
    }

    /**
     * Replaces the identity that is kept for this container.
     *
     * @return completes when the file would survive a power cut; or fails with an {@link IOException}, and then holds
     *     the old identity or the new one, whole
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

    /** Emits the identity that is kept for this container, if there is one; or fails with an {@link IOException}. */
    Mono<ProcessIdentity> find(String id) {
        return Mono.fromCallable(() -> read(folder.resolve(id))).subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Removes the identity that is kept for this container, if there is one. Nothing is synced: if a power cut brings
     * the file back, no process has the identity in it.
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
