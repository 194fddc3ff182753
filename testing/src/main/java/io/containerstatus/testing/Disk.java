package io.containerstatus.testing;

import io.containerstatus.testing.DiskNode.Change;
import io.containerstatus.testing.DiskNode.File;
import io.containerstatus.testing.DiskNode.Folder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A simulated disk with the operations on names, as the kernel performs them. Every caller holds the lock of
 * the disk ({@code synchronized (disk)}).
 */
final class Disk {
    final Folder root;
    long clock;

    Disk() {
        this(new Folder(), 0);
    }

    Disk(Folder root, long clock) {
        this.root = root;
        this.clock = clock;
    }

    /** Makes this state durable on an empty disk. */
    void fill(DiskState state) {
        for (Map.Entry<String, Optional<String>> entry : state.entries().entrySet()) {
            List<String> names = List.of(entry.getKey().substring(1).split("/"));
            DiskNode node = entry.getValue().<DiskNode>map(Disk::durableFile).orElseGet(Folder::new);
            Folder parent = root;
            for (String name : names.subList(0, names.size() - 1)) {
                parent = (Folder) parent.names.get(name);
            }
            parent.names.put(names.get(names.size() - 1), node);
            parent.durable.put(names.get(names.size() - 1), node);
        }
    }

    private static File durableFile(String content) {
        File file = new File();
        file.bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        file.persist();
        return file;
    }

    synchronized boolean exists(List<String> path) {
        try {
            get(path);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    DiskNode get(List<String> path) throws IOException {
        DiskNode node = find(path);
        if (node == null) {
            throw new NoSuchFileException(text(path));
        }
        return node;
    }

    @Nullable
    DiskNode find(List<String> path) throws IOException {
        return path.isEmpty() ? root : parent(path).names.get(last(path));
    }

    Folder folder(List<String> path) throws IOException {
        if (get(path) instanceof Folder folder) {
            return folder;
        }
        throw new NotDirectoryException(text(path));
    }

    private Folder parent(List<String> path) throws IOException {
        if (path.isEmpty()) {
            throw new FileSystemException("/", null, "Device or resource busy");
        }
        DiskNode node = root;
        for (String name : path.subList(0, path.size() - 1)) {
            if (!(node instanceof Folder folder)) {
                throw new FileSystemException(text(path), null, "Not a directory");
            }
            node = folder.names.get(name);
            if (node == null) {
                throw new NoSuchFileException(text(path));
            }
        }
        if (node instanceof Folder folder) {
            return folder;
        }
        throw new FileSystemException(text(path), null, "Not a directory");
    }

    <N extends DiskNode> N create(List<String> path, N node) throws IOException {
        if (find(path) != null) {
            throw new FileAlreadyExistsException(text(path));
        }
        touch(node);
        change(parent(path), Collections.singletonMap(last(path), node));
        return node;
    }

    void link(List<String> link, List<String> existing) throws IOException {
        if (!(get(existing) instanceof File file)) {
            throw new FileSystemException(text(link), text(existing), "Operation not permitted");
        }
        create(link, file);
    }

    void delete(List<String> path) throws IOException {
        if (get(path) instanceof Folder folder && !folder.names.isEmpty()) {
            throw new DirectoryNotEmptyException(text(path));
        }
        change(parent(path), Collections.singletonMap(last(path), null));
    }

    void rename(List<String> source, List<String> target) throws IOException {
        DiskNode node = get(source);
        Folder folder = parent(source);
        if (folder != parent(target)) {
            throw new UnsupportedOperationException("only a rename within one folder is simulated");
        }
        requireReplaceable(node, source, target);
        Map<String, @Nullable DiskNode> edits = new LinkedHashMap<>();
        edits.put(last(source), null);
        edits.put(last(target), node);
        change(folder, edits);
    }

    /** Checks that a rename may replace its target: a folder only an empty folder, and a file only a file. */
    private void requireReplaceable(DiskNode node, List<String> source, List<String> target) throws IOException {
        DiskNode replaced = find(target);
        if (node instanceof Folder && replaced instanceof File) {
            throw new FileSystemException(text(source), text(target), "Not a directory");
        }
        if (node instanceof File && replaced instanceof Folder) {
            throw new FileSystemException(text(source), text(target), "Is a directory");
        }
        if (replaced instanceof Folder folder && !folder.names.isEmpty()) {
            throw new FileSystemException(text(source), text(target), "Directory not empty");
        }
    }

    List<String> list(List<String> path) throws IOException {
        return new ArrayList<>(folder(path).names.keySet());
    }

    /** Records that the node has changed now. */
    void touch(DiskNode node) {
        clock++;
        node.modified = clock;
    }

    private void change(Folder folder, Map<String, @Nullable DiskNode> edits) {
        folder.change(new Change(edits));
        touch(folder);
    }

    private static String last(List<String> path) {
        return path.get(path.size() - 1);
    }

    private static String text(List<String> path) {
        return "/" + String.join("/", path);
    }
}
