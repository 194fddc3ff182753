package io.containerstatus.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The project's README and the documents beside it, taken apart. */
final class Readme {
    /** The project's folder; Maven says where this module is, and so does the working directory elsewhere. */
    static final Path PROJECT = Path.of(System.getProperty("basedir", ""))
            .toAbsolutePath()
            .normalize()
            .getParent();

    private static final Pattern FENCED =
            Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private Readme() {}

    record Block(String language, String text) {}

    /** Returns the README and every document below the folder {@code docs}. */
    static List<Path> documents() {
        try (Stream<Path> docs = Files.walk(PROJECT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(PROJECT.resolve("README.md")),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text() {
        return text(PROJECT.resolve("README.md"));
    }

    static String text(Path document) {
        try {
            return Files.readString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Block> blocks() {
        return blocks(PROJECT.resolve("README.md"));
    }

    static List<Block> blocks(Path document) {
        return FENCED.matcher(text(document))
                .results()
                .map(found -> new Block(found.group(1), found.group(2)))
                .toList();
    }

    static List<String> blocks(String language) {
        return blocks(PROJECT.resolve("README.md"), language);
    }

    static List<String> blocks(Path document, String language) {
        return blocks(document).stream()
                .filter(block -> block.language().equals(language))
                .map(Block::text)
                .toList();
    }
}
