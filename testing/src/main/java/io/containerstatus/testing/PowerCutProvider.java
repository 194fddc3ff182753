package io.containerstatus.testing;

import io.containerstatus.testing.DiskNode.File;
import io.containerstatus.testing.DiskNode.Folder;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Calls the hook, works on the disk, and calls the observer. */
final class PowerCutProvider extends FileSystemProvider {
    private final PowerCutFileSystem system;

    PowerCutProvider(PowerCutFileSystem system) {
        this.system = system;
    }

    /** Work on the disk. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T on(Disk disk) throws IOException;
    }

    /** Reads from the disk. */
    <T> T read(FileOperation operation, Path path, Work<T> work) throws IOException {
        system.hook.before(operation, path.toString());
        synchronized (system.disk()) {
            return work.on(system.disk());
        }
    }

    /** Changes the disk, and then calls the observer. If the work fails, nothing is changed or observed. */
    <T> T change(FileOperation operation, Path path, Work<T> work) throws IOException {
        system.hook.before(operation, path.toString());
        synchronized (system.disk()) {
            T result = work.on(system.disk());
            system.observer.after(operation, path.toString());
            return result;
        }
    }

    private static List<String> names(Path path) {
        return PowerCutPath.of(path).names();
    }

    @Override
    public AsynchronousFileChannel newAsynchronousFileChannel(
            Path path,
            Set<? extends OpenOption> options,
            @Nullable ExecutorService executor,
            FileAttribute<?>... attributes)
            throws IOException {
        requireModes(attributes);
        Work<DiskNode> opening = disk -> opened(disk, path, options);
        DiskNode node;
        if (options.contains(StandardOpenOption.CREATE_NEW)) {
            node = change(FileOperation.CREATE_FILE, path, opening);
        } else if (options.contains(StandardOpenOption.CREATE)) {
            node = change(FileOperation.OPEN_TO_LOCK, path, opening);
        } else {
            boolean folder = read(FileOperation.STAT, path, disk -> disk.find(names(path)) instanceof Folder);
            node = read(folder ? FileOperation.OPEN_FOLDER : FileOperation.OPEN_TO_READ, path, opening);
        }
        return new PowerCutChannel(this, system, path, node);
    }

    private static DiskNode opened(Disk disk, Path path, Set<? extends OpenOption> options) throws IOException {
        DiskNode node = disk.find(names(path));
        if (node == null && options.contains(StandardOpenOption.CREATE)
                || options.contains(StandardOpenOption.CREATE_NEW)) {
            return disk.create(names(path), new File());
        }
        if (node instanceof Folder && options.contains(StandardOpenOption.WRITE)) {
            throw new FileSystemException(path.toString(), null, "Is a directory");
        }
        return node != null ? node : disk.get(names(path));
    }

    private static void requireModes(FileAttribute<?>... attributes) {
        if (!Arrays.stream(attributes).allMatch(attribute -> attribute.name().equals("posix:permissions"))) {
            throw new UnsupportedOperationException("attributes other than the mode");
        }
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        List<String> names = read(FileOperation.LIST, path, disk -> disk.list(names(path)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                try {
                    system.hook.before(FileOperation.ITERATE, path.toString());
                } catch (IOException e) {
                    throw new DirectoryIteratorException(e);
                }
                return names.stream().map(path::resolve).iterator();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        requireModes(attributes);
        change(FileOperation.CREATE_FOLDER, path, disk -> disk.create(names(path), new Folder()));
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        change(FileOperation.LINK, link, disk -> {
            disk.link(names(link), names(existing));
            return link;
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        change(FileOperation.DELETE, path, disk -> {
            disk.delete(names(path));
            return path;
        });
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        boolean replaces = List.of(options).contains(StandardCopyOption.ATOMIC_MOVE);
        change(FileOperation.MOVE, target, disk -> {
            if (!replaces && disk.find(names(target)) != null) {
                throw new FileAlreadyExistsException(target.toString());
            }
            disk.rename(names(source), names(target));
            return target;
        });
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return read(FileOperation.STAT, path, disk -> type.cast(PowerCutAttributes.of(disk.get(names(path)))));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        read(FileOperation.STAT, path, disk -> disk.get(names(path)));
    }

    @Override
    public String getScheme() {
        return "powercut";
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public boolean isHidden(Path path) {
        return false;
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        synchronized (system.disk()) {
            return system.disk().get(names(path)) == system.disk().get(names(other));
        }
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException();
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
