package io.containerstatus.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A path of a {@link PowerCutFileSystem}: a list of names, absolute or relative. There are no links. */
final class PowerCutPath implements Path {
    private final PowerCutFileSystem system;
    private final boolean absolute;
    private final List<String> names;

    PowerCutPath(PowerCutFileSystem system, boolean absolute, List<String> names) {
        this.system = system;
        this.absolute = absolute;
        this.names = List.copyOf(names);
    }

    static PowerCutPath parsed(PowerCutFileSystem system, String text) {
        List<String> names = new ArrayList<>();
        for (String name : text.split("/", -1)) {
            if (name.equals(".") || name.equals("..")) {
                throw new InvalidPathException(text, "only plain names are simulated");
            }
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return new PowerCutPath(system, text.startsWith("/"), names);
    }

    static PowerCutPath of(Path path) {
        if (path instanceof PowerCutPath own) {
            return own;
        }
        throw new ProviderMismatchException();
    }

    /** Returns the names of the absolute path. */
    List<String> names() {
        return toAbsolutePath().names;
    }

    private PowerCutPath with(List<String> otherNames) {
        return new PowerCutPath(system, absolute, otherNames);
    }

    @Override
    public FileSystem getFileSystem() {
        return system;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public @Nullable Path getRoot() {
        return absolute ? with(List.of()) : null;
    }

    @Override
    public @Nullable Path getFileName() {
        return names.isEmpty() ? null : new PowerCutPath(system, false, List.of(names.get(names.size() - 1)));
    }

    @Override
    public @Nullable Path getParent() {
        boolean none = names.isEmpty() || (names.size() == 1 && !absolute);
        return none ? null : with(names.subList(0, names.size() - 1));
    }

    @Override
    public int getNameCount() {
        return names.size();
    }

    @Override
    public Path getName(int index) {
        return subpath(index, index + 1);
    }

    @Override
    public Path subpath(int begin, int end) {
        return new PowerCutPath(system, false, names.subList(begin, end));
    }

    @Override
    public boolean startsWith(Path other) {
        PowerCutPath prefix = of(other);
        int count = prefix.names.size();
        return absolute == prefix.absolute
                && count <= names.size()
                && names.subList(0, count).equals(prefix.names);
    }

    @Override
    public boolean endsWith(Path other) {
        PowerCutPath suffix = of(other);
        int from = names.size() - suffix.names.size();
        return suffix.absolute
                ? equals(suffix)
                : from >= 0 && names.subList(from, names.size()).equals(suffix.names);
    }

    @Override
    public Path normalize() {
        return this;
    }

    @Override
    public Path resolve(Path other) {
        PowerCutPath tail = of(other);
        if (tail.absolute) {
            return tail;
        }
        List<String> all = new ArrayList<>(names);
        all.addAll(tail.names);
        return with(all);
    }

    @Override
    public Path relativize(Path other) {
        if (!other.startsWith(this)) {
            throw new UnsupportedOperationException();
        }
        List<String> all = of(other).names;
        return new PowerCutPath(system, false, all.subList(names.size(), all.size()));
    }

    @Override
    public URI toUri() {
        return URI.create("powercut:" + toAbsolutePath());
    }

    @Override
    public PowerCutPath toAbsolutePath() {
        return absolute ? this : new PowerCutPath(system, true, names);
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        if (!system.disk().exists(names())) {
            throw new NoSuchFileException(toString());
        }
        return toAbsolutePath();
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Path other) {
        return toString().compareTo(of(other).toString());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PowerCutPath path
                && system == path.system
                && absolute == path.absolute
                && names.equals(path.names);
    }

    @Override
    public int hashCode() {
        return Objects.hash(absolute, names);
    }

    @Override
    public String toString() {
        return (absolute ? "/" : "") + String.join("/", names);
    }
}
