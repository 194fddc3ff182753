package io.containerstatus.testing;

import io.containerstatus.testing.DiskNode.File;
import io.containerstatus.testing.DiskNode.Folder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The contents of a disk.
 *
 * @param entries the entries by path. For a file, the value is its content, one char for each byte. For a folder, the
 *     value is empty
 */
public record DiskState(SortedMap<String, Optional<String>> entries) {

    static DiskState visible(Folder root) {
        SortedMap<String, Optional<String>> entries = new TreeMap<>();
        addVisible("", root, entries);
        return new DiskState(entries);
    }

    private static void addVisible(String path, Folder folder, SortedMap<String, Optional<String>> entries) {
        for (Map.Entry<String, DiskNode> entry : folder.names.entrySet()) {
            String child = path + "/" + entry.getKey();
            if (entry.getValue() instanceof Folder inner) {
                entries.put(child, Optional.empty());
                addVisible(child, inner, entries);
            } else {
                entries.put(child, Optional.of(text(((File) entry.getValue()).bytes)));
            }
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Returns a small key that is equal for equal states. */
    public List<String> key() {
        return entries.entrySet().stream()
                .map(entry -> entry.getKey() + entry.getValue())
                .toList();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        entries.forEach((path, content) -> text.append("\n    ")
                .append(path)
                .append(content.map(bytes -> " = " + bytes.replace('\0', '0')).orElse("/")));
        return text.toString();
    }
}
