package io.containerstatus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Documents with the result of Go's JSON decoder for each, and files that a real containerd wrote. */
final class TestData {
    private TestData() {}

    /** A document that containerd's encoder wrote, and the state that containerd derives from it. */
    record Encoded(byte[] document, ContainerState state) {}

    /**
     * A document, whether containerd's decoder accepts it, and if so, what containerd's encoder writes
     * for it.
     */
    record Judged(byte[] document, boolean accepted, byte[] canonical) {}

    /** A file of a real containerd, and what containerd's CRI reported about the container at that moment. */
    record RealFile(String name, byte[] document, int size, JsonNode cri) {}

    static List<Encoded> encoded() {
        return states("vectors/encoded.tsv");
    }

    /** Returns documents with {@code Restore}, as containerd 2.1 to 2.3 write it. */
    static List<Encoded> withRestore() {
        return states("vectors/restore.tsv");
    }

    /** Returns documents with unknown members after the known ones. */
    static List<Encoded> withAdditionalProperties() {
        return states("vectors/additional.tsv");
    }

    /** Returns a document that was found in production, by the name of its file. */
    static byte[] fieldDocument(String name) {
        return resource("field/" + name);
    }

    static List<Judged> judged() {
        return rows("vectors/documents.tsv").stream()
                .map(row -> new Judged(base64(row[0]), row[1].equals("accept"), base64(row[2])))
                .toList();
    }

    static List<RealFile> realFiles() {
        List<RealFile> files = new ArrayList<>();
        for (JsonNode entry : JsonMapper.shared().readTree(resource("real-files/index.json"))) {
            String name = entry.get("file").asString("");
            if (!name.isEmpty()) {
                files.add(new RealFile(
                        name, resource("real-files/" + name), entry.get("size").asInt(), entry.get("cri")));
            }
        }
        return files;
    }

    /** Returns every document above, good and bad. */
    static List<byte[]> allDocuments() {
        List<byte[]> documents = new ArrayList<>();
        encoded().forEach(row -> documents.add(row.document()));
        withRestore().forEach(row -> documents.add(row.document()));
        withAdditionalProperties().forEach(row -> documents.add(row.document()));
        judged().forEach(row -> documents.add(row.document()));
        realFiles().forEach(file -> documents.add(file.document()));
        return documents;
    }

    private static List<Encoded> states(String name) {
        return rows(name).stream()
                .map(row -> new Encoded(base64(row[0]), ContainerState.valueOf(row[1])))
                .toList();
    }

    private static List<String[]> rows(String name) {
        return new String(resource(name), StandardCharsets.US_ASCII)
                .lines()
                .map(line -> line.split("\t", -1))
                .toList();
    }

    private static byte[] base64(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static byte[] resource(String name) {
        try (@Nullable InputStream in = TestData.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
