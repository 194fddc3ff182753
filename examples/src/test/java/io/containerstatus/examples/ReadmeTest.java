package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.containerstatus.StatusException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Holds the README and the other documents to what is there: nothing in them can be tried in vain. */
@Tag("long")
class ReadmeTest {
    private static final Pattern REGION =
            Pattern.compile("^ *// region [^\\n]*\\n(.*?)^ *// endregion$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)[^)]*\\)");

    @TempDir
    Path folder;

    @Test
    void firstCommandIsTheDemoAndTheSecondRunsTheTests() {
        List<String> shell = Readme.blocks("sh");

        assertThat(shell).startsWith("bash examples/demo\n", "mvn -B verify\n");
        assertThat(Readme.blocks().get(0).language()).isEqualTo("sh");
        assertThat(Readme.PROJECT.resolve("examples/demo")).isRegularFile();
    }

    @Test
    void everyKindOfBlockIsChecked() {
        assertThat(Readme.documents()).allSatisfy(document -> assertThat(Readme.blocks(document))
                .extracting(Readme.Block::language)
                .isSubsetOf("sh", "xml", "java", "kotlin", "json", "text", "strace"));
    }

    @ParameterizedTest
    @CsvSource({"java, java", "kotlin, kt"})
    void codeBlocksAreTestedRegions(String language, String extension) throws IOException {
        List<String> regions = new ArrayList<>();
        for (String folder : List.of("examples/src", "status-spring-boot-starter/src/test", "consumers")) {
            try (Stream<Path> sources = Files.walk(Readme.PROJECT.resolve(folder))) {
                for (Path source : sources.filter(file -> file.toString().endsWith("." + extension))
                        .toList()) {
                    REGION.matcher(Files.readString(source))
                            .results()
                            .map(region -> region.group(1).stripTrailing().stripIndent() + "\n")
                            .forEach(regions::add);
                }
            }
        }

        assertThat(regions).isNotEmpty();
        List<String> shown = Readme.documents().stream()
                .flatMap(document -> Readme.blocks(document, language).stream())
                .toList();
        assertThat(shown).containsExactlyInAnyOrderElementsOf(regions);
    }

    @Test
    void dependencyIsThatOfTheBuild() throws Exception {
        Element dependency = dependency(Readme.blocks("xml").get(0));

        assertThat(texts(dependency, "groupId", "artifactId", "version"))
                .containsExactly(
                        "io.containerstatus",
                        text(pom("status-reactive/pom.xml"), "artifactId"),
                        text(pom("pom.xml"), "version"));
    }

    @Test
    void bomIsThatOfTheBuild() throws Exception {
        Element bom = dependency(
                Readme.blocks(Readme.PROJECT.resolve("docs/using.md"), "xml").get(0));

        assertThat(bom.getParentNode().getParentNode().getNodeName()).isEqualTo("dependencyManagement");
        assertThat(texts(bom, "groupId", "artifactId", "version", "type", "scope"))
                .containsExactly(
                        "io.containerstatus",
                        text(pom("status-bom/pom.xml"), "artifactId"),
                        text(pom("pom.xml"), "version"),
                        "pom",
                        "import");
    }

    private static Element dependency(String snippet) throws Exception {
        return (Element) xml(snippet).getElementsByTagName("dependency").item(0);
    }

    private static List<String> texts(Element parent, String... children) {
        return Stream.of(children).map(child -> text(parent, child)).toList();
    }

    @Test
    void everyFailureIsExplained() {
        Set<String> failures = Stream.of(StatusException.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));

        List<String> explained = firstCells("docs/failures.md", "Exception");

        assertThat(explained).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(failures);
    }

    @Test
    void everyModuleIsNamed() throws Exception {
        Document pom = pom("pom.xml");
        List<String> modules = Stream.iterate(0, i -> i + 1)
                .limit(pom.getElementsByTagName("module").getLength())
                .map(i -> pom.getElementsByTagName("module").item(i).getTextContent())
                .map(module -> module.replaceAll("/.*", ""))
                .distinct()
                .toList();

        assertThat(firstCells("docs/architecture.md", "")).containsAll(modules);
        assertThat(firstCells("README.md", ""))
                .containsExactlyInAnyOrderElementsOf(
                        modules.stream().filter(ReadmeTest::isPublished).toList());
    }

    @Test
    void linksLeadSomewhere() {
        assertThat(Readme.documents()).allSatisfy(document -> assertThat(
                        LINK.matcher(Readme.text(document)).results().map(link -> link.group(1)))
                .isNotEmpty()
                .allSatisfy(link ->
                        assertThat(document.resolveSibling(link).normalize()).exists()));
    }

    @Test
    void straceShowsTheCalls() throws Exception {
        assumeTrue(canTrace(), "strace is not installed here, or may not trace");
        Path document = Readme.PROJECT.resolve("docs/files.md");
        String command = Readme.blocks(document, "sh").get(0);
        assertThat(command).startsWith("strace ");

        List<String> calls = bash(command).lines().map(ReadmeTest::call).toList();

        // The last durable write of the process's life; the first ones also sync and list the root.
        List<String> update = calls.subList(Math.max(0, calls.size() - 8), calls.size());
        List<String> shown = Readme.blocks(document, "strace")
                .get(0)
                .lines()
                .map(ReadmeTest::call)
                .toList();
        assertThat(update).isEqualTo(shown);
    }

    private boolean canTrace() throws Exception {
        return new ProcessBuilder("bash", "-c", "strace -o /dev/null true 2>/dev/null")
                        .start()
                        .waitFor()
                == 0;
    }

    private String bash(String command) throws Exception {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command)
                .directory(Readme.PROJECT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TMPDIR", folder.toString());
        assertThat(builder.start().waitFor(120, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }

    /** Which call on what: the number of the thread and of the descriptor left out. */
    private static String call(String line) {
        String kind = line.replaceFirst("^(\\[pid +\\d+] )?", "");
        String on = kind.contains(".tmp-status-") ? "temporary" : "folder";
        return kind.replaceFirst("[(].*", "") + " " + on;
    }

    /** The code at the beginning of each row of every table whose head begins with this; all tables when empty. */
    private static List<String> firstCells(String document, String head) {
        List<String> cells = new ArrayList<>();
        boolean inside = false;
        for (String line : Readme.text(Readme.PROJECT.resolve(document)).lines().toList()) {
            if (!line.startsWith("|")) {
                inside = false;
            } else if (inside) {
                Pattern.compile("^\\| `([^`]+)`")
                        .matcher(line)
                        .results()
                        .map(MatchResult::group)
                        .forEach(cells::add);
            } else {
                inside = line.startsWith("| " + head);
            }
        }
        return cells.stream().map(cell -> cell.replaceAll("[|` ]|/`$", "")).toList();
    }

    private static Document pom(String path) throws Exception {
        return xml(Files.readString(Readme.PROJECT.resolve(path)));
    }

    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether it is on the class path of users; the BOM is, in a way. */
    private static boolean isPublished(String module) {
        return module.startsWith("status-");
    }

    /** The child's text: of the project itself, not of its parent or dependencies. */
    private static String text(Document pom, String child) {
        return text(pom.getDocumentElement(), child);
    }

    private static String text(Element parent, String child) {
        for (var node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(child)) {
                return node.getTextContent();
            }
        }
        throw new AssertionError("no <" + child + "> in <" + parent.getNodeName() + ">");
    }
}
