package io.containerstatus.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;

/**
 * The eight system calls of a durable update, and nothing else: no order between callers, no encoding, and no
 * distinction between errors. No store on such files can be faster.
 */
final class BareWrite {
    private static final Set<OpenOption> FOLDER = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?> MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final Path temporary;
    private final Path status;
    private final Calls calls;

    /** Which Java classes make the calls. */
    enum Calls {
        /** A {@code FileChannel}. An interrupt of the thread closes it. */
        FILE_CHANNEL,
        /** An {@code AsynchronousFileChannel} on the calling thread. */
        ASYNCHRONOUS,
        /** A {@code FileChannel}, without the sync of the folder. A power cut may bring the old status back. */
        NO_FOLDER_SYNC
    }

    /** Writes into this folder, which exists and belongs to one writer only. */
    BareWrite(Path folder, Calls calls) {
        this.folder = folder;
        this.temporary = folder.resolve(".tmp-status-next");
        this.status = folder.resolve("status");
        this.calls = calls;
    }

    void write(byte[] document) throws IOException {
        switch (calls) {
            case FILE_CHANNEL -> synchronously(document, /* syncFolder= */ true);
            case NO_FOLDER_SYNC -> synchronously(document, /* syncFolder= */ false);
            case ASYNCHRONOUS -> asynchronously(document);
        }
    }

    private void synchronously(byte[] document, boolean syncFolder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder, FOLDER)) {
            try (FileChannel file = FileChannel.open(temporary, NEW, MODE)) {
                ByteBuffer buffer = ByteBuffer.wrap(document);
                while (buffer.hasRemaining()) {
                    file.write(buffer);
                }
                file.force(true);
            }
            Files.move(temporary, status, StandardCopyOption.ATOMIC_MOVE);
            if (syncFolder) {
                directory.force(true);
            }
        }
    }

    private void asynchronously(byte[] document) throws IOException {
        ExecutorService here = OnThisThread.INSTANCE;
        try (AsynchronousFileChannel directory = AsynchronousFileChannel.open(folder, FOLDER, here)) {
            try (AsynchronousFileChannel file = AsynchronousFileChannel.open(temporary, NEW, here, MODE)) {
                ByteBuffer buffer = ByteBuffer.wrap(document);
                while (buffer.hasRemaining()) {
                    file.write(buffer, buffer.position()).get();
                }
                file.force(true);
            } catch (InterruptedException | ExecutionException e) {
                throw new IOException(e);
            }
            Files.move(temporary, status, StandardCopyOption.ATOMIC_MOVE);
            directory.force(true);
        }
    }
}
