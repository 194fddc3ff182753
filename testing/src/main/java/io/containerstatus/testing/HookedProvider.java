package io.containerstatus.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/** Calls the hook, and then the default provider. */
final class HookedProvider extends FileSystemProvider {
    private final HookedFileSystem system;

    HookedProvider(HookedFileSystem system) {
        this.system = system;
    }

    private Path asked(FileOperation operation, Path path) throws IOException {
        Path real = HookedFileSystem.real(path);
        system.hook.before(operation, real.toString());
        return system.found(real);
    }

    private static FileSystemProvider providerOf(Path real) {
        return real.getFileSystem().provider();
    }

    @Override
    public AsynchronousFileChannel newAsynchronousFileChannel(
            Path path, Set<? extends OpenOption> options, ExecutorService executor, FileAttribute<?>... attributes)
            throws IOException {
        FileOperation opening = opening(path, options);
        Path real = asked(opening, path);
        AsynchronousFileChannel channel =
                providerOf(real).newAsynchronousFileChannel(real, options, executor, attributes);
        try {
            system.hook.after(opening, real.toString());
        } catch (IOException | RuntimeException | Error e) {
            // The operation has taken effect, so the file stays. But the caller gets a failure and no descriptor.
            channel.close();
            throw e;
        }
        return new HookedChannel(channel, system, real.toString());
    }

    private static FileOperation opening(Path path, Set<? extends OpenOption> options) {
        if (options.contains(StandardOpenOption.CREATE_NEW)) {
            return FileOperation.CREATE_FILE;
        }
        if (options.contains(StandardOpenOption.WRITE)) {
            return FileOperation.OPEN_TO_LOCK;
        }
        Path real = HookedFileSystem.real(path);
        return real.toFile().isDirectory() ? FileOperation.OPEN_FOLDER : FileOperation.OPEN_TO_READ;
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        Path real = asked(FileOperation.LIST, path);
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = providerOf(real).newDirectoryStream(real, entry -> true)) {
            stream.forEach(entry -> entries.add(system.hooked(entry)));
        }
        system.opened();
        return new DirectoryStream<>() {
            private boolean closed;

            @Override
            public Iterator<Path> iterator() {
                try {
                    asked(FileOperation.ITERATE, path);
                } catch (IOException e) {
                    throw new DirectoryIteratorException(e);
                }
                return entries.iterator();
            }

            @Override
            public void close() {
                if (!closed) {
                    closed = true;
                    system.closed();
                }
            }
        };
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        Path real = asked(FileOperation.CREATE_FOLDER, path);
        providerOf(real).createDirectory(real, attributes);
        system.hook.after(FileOperation.CREATE_FOLDER, real.toString());
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        Path real = asked(FileOperation.LINK, link);
        providerOf(real).createLink(real, system.found(existing));
        system.hook.after(FileOperation.LINK, real.toString());
    }

    @Override
    public void delete(Path path) throws IOException {
        Path real = asked(FileOperation.DELETE, path);
        providerOf(real).delete(real);
        system.hook.after(FileOperation.DELETE, real.toString());
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        Path real = asked(FileOperation.MOVE, target);
        providerOf(real).move(system.found(source), real, options);
        system.hook.after(FileOperation.MOVE, real.toString());
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        Path real = asked(FileOperation.STAT, path);
        A attributes = providerOf(real).readAttributes(real, type, options);
        return system.fileKeys ? attributes : type.cast(WithoutKey.of(attributes));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        Path real = asked(FileOperation.STAT, path);
        providerOf(real).checkAccess(real, modes);
    }

    @Override
    public String getScheme() {
        return "hooked";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
        throw new UnsupportedOperationException("an interrupt would close it");
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isSameFile(Path path, Path other) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isHidden(Path path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileStore getFileStore(Path path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new UnsupportedOperationException();
    }
}
