package io.containerstatus.testing;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The default file system, with a {@link Hook} at each operation on one of its paths. */
public final class HookedFileSystem extends FileSystem {
    private final HookedProvider provider = new HookedProvider(this);
    private final FileSystem real;
    /** Called before every operation. A test may set and reset it at any time. */
    public volatile Hook hook = Hook.NONE;
    /**
     * Whether a sync reaches the disk. A test turns this off to save time, if nothing in it depends on
     * the sync.
     */
    public volatile boolean syncing = true;
    /** Whether files have keys (device and inode), as everywhere but on Windows. */
    public volatile boolean fileKeys = true;
    /**
     * Whether names that differ only in case are the same name, as on many file systems. A listing returns a
     * name as it was created.
     */
    public volatile boolean ignoresCase;
    /** Whether the file system has file events. */
    public volatile boolean watching;

    private final AtomicInteger open = new AtomicInteger();

    private HookedFileSystem(FileSystem real) {
        this.real = real;
    }

    public static HookedFileSystem over(Path path) {
        return new HookedFileSystem(path.getFileSystem());
    }

    /** Returns the same path, in this file system. */
    public Path hooked(Path path) {
        return (Path) Proxy.newProxyInstance(
                Unwrapped.class.getClassLoader(),
                new Class<?>[] {Path.class, Unwrapped.class},
                (proxy, method, arguments) -> invoke(path, method, arguments));
    }

    /** Returns the same path, in the default file system. */
    public static Path real(Path path) {
        return path instanceof Unwrapped hooked ? hooked.unwrapped() : path;
    }

    /** Returns the path of the entry that the kernel finds under this path. */
    Path found(Path path) throws IOException {
        Path real = real(path);
        Path parent = real.getParent();
        if (!ignoresCase || parent == null || Files.exists(real, LinkOption.NOFOLLOW_LINKS)) {
            return real;
        }
        Path folder = found(parent);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (entry.getFileName()
                            .toString()
                            .equalsIgnoreCase(real.getFileName().toString())) {
                        return entry;
                    }
                }
            }
        }
        return folder.resolve(real.getFileName());
    }

    /** Returns the number of channels and listings that are open. */
    public int openDescriptors() {
        return open.get();
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    private interface Unwrapped {
        Path unwrapped();
    }

    private Object invoke(Path path, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "unwrapped":
                return path;
            case "getFileSystem":
                return this;
            case "equals":
                return arguments[0] instanceof Path other && path.equals(real(other));
            case "toRealPath":
                hook.before(FileOperation.RESOLVE, path.toString());
                break;
            case "register":
                hook.before(FileOperation.WATCH, path.toString());
                break;
            default:
                break;
        }
        Object[] unwrapped = arguments == null ? new Object[0] : arguments.clone();
        for (int i = 0; i < unwrapped.length; i++) {
            unwrapped[i] = unwrapped[i] instanceof Path other ? real(other) : unwrapped[i];
            unwrapped[i] = unwrapped[i] instanceof HookedWatchService service ? service.real() : unwrapped[i];
        }
        try {
            Object result = method.invoke(path, unwrapped);
            return result instanceof Path other ? hooked(other) : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return real.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return hooked(real.getPath(first, more));
    }

    @Override
    public String getSeparator() {
        return real.getSeparator();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() throws IOException {
        if (!watching) {
            throw new UnsupportedOperationException();
        }
        hook.before(FileOperation.OPEN_WATCH, "");
        return new HookedWatchService(real.newWatchService(), this);
    }
}
