package io.containerstatus.examples.service;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page in a real browser, with the program in a process of its own where that matters. */
@Tag("browser")
class BrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Browser browser;

    @TempDir
    static Path profile;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start(profile);
    }

    @AfterAll
    static void endBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private Path root() {
        return folder.resolve("containers");
    }

    /** A command that runs until it is stopped, or the test is over. */
    private String untilStopped() {
        return "while [ -d '" + folder + "' ]; do sleep 0.1; done";
    }

    private StatusStore store() {
        return Objects.requireNonNull(StatusStore.open(root()).block(PATIENCE));
    }

    private static void untilLive() {
        await().atMost(PATIENCE).until(browser::connection, "live"::equals);
    }

    private static void untilRows(Map<String, String> expected) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.rows()).containsExactlyInAnyOrderEntriesOf(expected));
    }

    private static void type(String css, String text) {
        WebElement field = browser.find(css);
        field.clear();
        field.sendKeys(text);
    }

    private static Status running(long pid) {
        return started(created(Instant.now()), pid, Instant.now());
    }

    /** The longest time for which the page was busy or drew nothing, from the script on. */
    private static final String WATCH_FRAMES = """
            window.longest = {frame: 0, task: 0, changes: 0};
            let last;
            requestAnimationFrame(function next(time) {
                longest.frame = Math.max(longest.frame, time - (last ?? time));
                last = time;
                requestAnimationFrame(next);
            });
            new PerformanceObserver(list => list.getEntries().forEach(
                entry => longest.task = Math.max(longest.task, entry.duration))).observe({type: 'longtask'});
            new MutationObserver(() => longest.changes++)
                .observe(document.querySelector('tbody'), {subtree: true, childList: true, characterData: true});""";

    @Test
    void twoHundredChangesASecondAreFollowedWithoutFreezing(TestReporter reporter) throws Exception {
        int containers = 100;
        int changes = 2_000;
        for (int i = 0; i < containers; i++) {
            write("c" + i, running(1));
        }
        try (ServiceProcess service = following()) {
            browser.open(service.url());
            untilLive();
            await().atMost(PATIENCE).until(() -> browser.rows().size() == containers);
            browser.run(WATCH_FRAMES);

            AtomicLong written = new AtomicLong(1);
            long begin = System.nanoTime();
            CompletableFuture<Void> writing = Flux.interval(Duration.ofMillis(5))
                    .onBackpressureBuffer()
                    .take(changes)
                    .publishOn(Schedulers.boundedElastic())
                    .doOnNext(i -> {
                        write("c" + i % containers, running(i + 2));
                        written.set(i + 2);
                    })
                    .then()
                    .toFuture();
            while (!writing.isDone()) {
                long known = written.get();
                await().atMost(Duration.ofSeconds(2)).until(() -> newestPid() >= known);
            }
            writing.join();
            Duration took = Duration.ofNanos(System.nanoTime() - begin);

            untilRows(IntStream.range(0, containers)
                    .boxed()
                    .collect(Collectors.toMap(i -> "c" + i, i -> "RUNNING pid " + (changes - containers + i + 2))));
            Map<?, ?> longest = (Map<?, ?>) browser.run("return window.longest");
            reporter.publishEntry("page", longest + " after " + changes + " changes in " + took.toMillis() + " ms");
            assertThat(took).isLessThan(Duration.ofMillis(changes * 5 + 1_000));
            assertThat(((Number) longest.get("changes")).longValue()).isGreaterThan(containers);
            assertThat(((Number) longest.get("task")).doubleValue()).isLessThan(500);
            assertThat(((Number) longest.get("frame")).doubleValue()).isLessThan(1_000);
        }
    }

    /** As the owner of a root does it, but without a sync: that takes longer than the time between two changes. */
    private void write(String id, Status status) {
        try {
            Files.createDirectories(root().resolve(id));
            replace(id, StatusCodec.encode(status));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long newestPid() {
        return browser.rows().values().stream()
                .mapToLong(row -> Long.parseLong(row.replaceAll("\\D", "")))
                .max()
                .orElse(0);
    }

    private ServiceProcess following() throws IOException {
        return ServiceProcess.start(folder, "--follow", root().toString(), "--port", "0");
    }

    private ServiceProcess owning(String port) throws IOException {
        return ServiceProcess.start(folder, "--root", root().toString(), "--port", port);
    }

    @Test
    void thePageIsRightAgainAfterAKill() throws Exception {
        ServiceProcess first = owning("0");
        List<String> ids = List.of("api", "gone", "lost", "web");
        long lost;
        try {
            for (String id : ids) {
                assertThat(first.start(id, List.of("sh", "-c", untilStopped()))
                                .join()
                                .statusCode())
                        .isEqualTo(201);
            }
            browser.open(first.url());
            untilLive();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.rows())
                    .containsOnlyKeys(ids)
                    .allSatisfy((id, row) -> assertThat(row).startsWith("RUNNING")));
            lost = Long.parseLong(browser.rows().get("lost").replaceAll("\\D", ""));
        } finally {
            first.kill();
        }
        await().atMost(PATIENCE).until(browser::connection, "reconnecting"::equals);
        // What was known stays on the page meanwhile.
        assertThat(browser.rows()).containsOnlyKeys(ids);

        ProcessHandle process = ProcessHandle.of(lost).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        deleteRecursively(root().resolve("gone"));
        try (ServiceProcess second = owning(first.port())) {
            untilLive();

            assertThat(second.start("new", List.of("true")).join().statusCode()).isEqualTo(201);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(second.get("/containers?state=RUNNING"))
                    .contains("\"api\"", "\"web\"")
                    .doesNotContain("\"lost\"", "\"new\""));
            untilRows(shown(second));
            assertThat(browser.rows()).containsOnlyKeys("api", "lost", "new", "web");
            assertThat(browser.rows().get("lost")).contains("EXITED", "code 255", "no supervisor");
            assertThat(browser.rows().get("web")).contains("RUNNING", "re-attached");
        }
    }

    /** Returns the rows for what the service lists. */
    private static Map<String, String> shown(ServiceProcess service) throws Exception {
        Map<String, String> rows = new LinkedHashMap<>();
        for (JsonNode container : JsonMapper.shared().readTree(service.get("/containers"))) {
            JsonNode current = container.get("current");
            String state = container.get("state").stringValue();
            String number = state.equals("RUNNING") ? "pid " + current.get("pid") : "code " + current.get("exitCode");
            String reason = current.has("reason") ? ", " + current.get("reason").stringValue() : "";
            String message =
                    current.has("message") ? ": " + current.get("message").stringValue() : "";
            rows.put(container.get("id").stringValue(), state + " " + number + reason + message);
        }
        return rows;
    }

    private static void deleteRecursively(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path one : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(one);
            }
        }
    }

    @Test
    void aPageInTheBackgroundIsCurrentWhenItIsShown() throws Exception {
        try (Service service = Service.owning(root())) {
            StatusStore store = service.bean(StatusStore.class);
            store.create("web", running(1)).block(PATIENCE);
            browser.open(service.url());
            untilLive();
            untilRows(Map.of("web", "RUNNING pid 1"));

            String background = browser.openWindow(service.url());
            String front = browser.window();
            untilLive();
            browser.select(background);
            browser.toBackground();
            assertThat(browser.run("return document.visibilityState")).isEqualTo("hidden");
            Flux.range(2, 500)
                    .concatMap(pid -> store.find("web")
                            .updateSync(status -> status.toBuilder().pid(pid).build()))
                    .blockLast(PATIENCE);
            store.create("db", running(7)).block(PATIENCE);

            browser.select(front);
            untilRows(Map.of("db", "RUNNING pid 7", "web", "RUNNING pid 501"));
            browser.closeWindow();
            browser.select(background);
            // It has received the change, and draws nothing while it is hidden.
            assertThat(browser.rows()).isEqualTo(Map.of("web", "RUNNING pid 1"));
            browser.toFront();
            untilRows(Map.of("db", "RUNNING pid 7", "web", "RUNNING pid 501"));
            assertThat(browser.connection()).isEqualTo("live");
        }
    }

    @Test
    void aCorruptFileIsShownAsSuchUntilItIsMended() throws Exception {
        StatusStore store = store();
        store.create("web", running(1)).block(PATIENCE);
        store.create("db", running(2)).block(PATIENCE);
        store.close().block(PATIENCE);
        byte[] good = Files.readAllBytes(root().resolve("web/status"));
        try (Service service = Service.following(root())) {
            browser.open(service.url());
            untilRows(Map.of("db", "RUNNING pid 2", "web", "RUNNING pid 1"));

            replace("web", "{".getBytes(StandardCharsets.UTF_8));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.rows().get("web"))
                            .startsWith("UNKNOWN ")
                            .contains("not a container status"));
            assertThat(browser.rows()).containsEntry("db", "RUNNING pid 2");
            assertThat(browser.find(".timeline .unknown").isDisplayed()).isTrue();

            replace("web", good);
            untilRows(Map.of("db", "RUNNING pid 2", "web", "RUNNING pid 1"));
        }
    }

    private void replace(String id, byte[] bytes) throws IOException {
        Path next = root().resolve(id).resolve(".next");
        Files.write(next, bytes);
        Files.move(next, root().resolve(id).resolve("status"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aRootThatIsAwayIsSaidAndThenShownAnew() throws Exception {
        StatusStore store = store();
        store.create("web", running(1)).block(PATIENCE);
        store.create("db", running(2)).block(PATIENCE);
        store.close().block(PATIENCE);
        try (Service service = Service.following(root())) {
            browser.open(service.url());
            untilRows(Map.of("db", "RUNNING pid 2", "web", "RUNNING pid 1"));

            Files.move(root(), folder.resolve("away"));
            await().atMost(PATIENCE).until(browser::connection, text -> text.startsWith("cannot be followed"));
            deleteRecursively(folder.resolve("away/db"));
            Files.move(folder.resolve("away"), root());

            untilLive();
            untilRows(Map.of("web", "RUNNING pid 1"));
        }
    }

    @Test
    void processesAreStartedAndEndedByTheKeyboardAlone() throws Exception {
        try (Service service = Service.owning(root())) {
            browser.open(service.url());
            untilLive();
            type("[name=id]", "web");
            type("[name=command]", untilStopped());
            browser.focused().sendKeys(Keys.ENTER);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.rows().get("web")).startsWith("RUNNING"));
            await().atMost(PATIENCE).until(() -> browser.find("#result").getText(), "Start web: done."::equals);

            browser.find(".scroll").sendKeys(Keys.TAB);
            assertThat(browser.focused().getAccessibleName()).isEqualTo("Stop web");
            browser.focused().sendKeys(Keys.ENTER);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.rows().get("web")).startsWith("EXITED code 143"));
            // The next step is where the hands are.
            assertThat(browser.focused().getAccessibleName()).isEqualTo("Remove web");
            browser.focused().sendKeys(Keys.ENTER);
            untilRows(Map.of());
            assertThat(browser.focused().getDomAttribute("class")).isEqualTo("scroll");
            assertThat(browser.find("#shown").getText()).isEqualTo("There are no containers.");
        }
    }

    @Test
    void aRefusalIsSaid() {
        try (Service service = Service.owning(root())) {
            browser.open(service.url());
            untilLive();
            type("[name=id]", "a/b");
            type("[name=command]", "true");
            browser.focused().sendKeys(Keys.ENTER);

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(browser.find("#result").getText()).startsWith("Start a/b: "));
            assertThat(browser.rows()).isEmpty();
        }
    }

    @Test
    void theTokenIsAskedForAndThenUsed() {
        try (Service service = Service.owning(root(), "node.token=secret")) {
            StatusStore store = service.bean(StatusStore.class);
            store.create("web", created(Instant.now())).block(PATIENCE);
            browser.open(service.url());
            untilLive();

            browser.find("button[aria-label='Remove web']").click();
            await().atMost(PATIENCE)
                    .until(
                            () -> browser.find("#result").getText(),
                            text -> text.contains("this request needs the token"));
            assertThat(store.get("web")).isNotNull();
            type("[name=token]", "secret");
            browser.focused().sendKeys(Keys.ENTER);
            browser.find("button[aria-label='Remove web']").click();
            untilRows(Map.of());
            browser.run("sessionStorage.clear()");

            // The printed address has it. A new path: the same one with another fragment would be no new page.
            store.create("db", created(Instant.now())).block(PATIENCE);
            browser.open(service.url() + "/?printed#token=secret");
            untilLive();
            assertThat((String) browser.run("return location.href")).doesNotContain("secret");
            assertThat(browser.find("#token").isDisplayed()).isFalse();
            browser.find("button[aria-label='Remove db']").click();
            untilRows(Map.of());
            browser.run("sessionStorage.clear()");
        }
    }

    @Test
    void rowsAreFilteredByPrefixAndState() {
        try (Service service = Service.owning(root())) {
            StatusStore store = service.bean(StatusStore.class);
            store.create("db-1", running(1)).block(PATIENCE);
            store.create("web-1", running(2)).block(PATIENCE);
            store.create("web-2", created(Instant.now())).block(PATIENCE);
            browser.open(service.url());
            untilLive();

            type("[name=prefix]", "web");
            untilRows(Map.of("web-1", "RUNNING pid 2", "web-2", "CREATED "));
            assertThat(browser.find("#shown").getText()).isEqualTo("2 of 3 containers.");
            browser.find("[value=CREATED]").click();
            untilRows(Map.of("web-1", "RUNNING pid 2"));
            // A change takes a row out, and another one in.
            store.find("web-1")
                    .apply(StatusTransitions.exited(0, Instant.now()))
                    .block(PATIENCE);
            store.find("web-2").apply(started(3, Instant.now())).block(PATIENCE);
            untilRows(Map.of("web-1", "EXITED code 0", "web-2", "RUNNING pid 3"));
            browser.find("[value=EXITED]").click();
            untilRows(Map.of("web-2", "RUNNING pid 3"));

            browser.open((String) browser.run("return location.href"));
            untilLive();
            untilRows(Map.of("web-2", "RUNNING pid 3"));
        }
    }

    @Test
    void filtersThatThePageDoesNotKnowAreIgnored() {
        try (Service service = Service.owning(root())) {
            StatusStore store = service.bean(StatusStore.class);
            store.create("web-1", running(1)).block(PATIENCE);
            store.create("web-2", created(Instant.now())).block(PATIENCE);

            browser.open(service.url() + "/?window=7&state=BUSY&other=1");
            untilLive();
            untilRows(Map.of("web-1", "RUNNING pid 1", "web-2", "CREATED "));
            assertThat(browser.find("#axis").getText()).isEqualTo("5 minutes ago");
            assertThat(browser.findAll("[name=state]:checked")).hasSize(4);
            type("[name=prefix]", "web-1");
            untilRows(Map.of("web-1", "RUNNING pid 1"));

            browser.open(service.url() + "/?window=60&state=BUSY,CREATED");
            untilLive();
            untilRows(Map.of("web-2", "CREATED "));
            assertThat(browser.find("#axis").getText()).isEqualTo("1 minute ago");

            // The address that the page itself gives if no state is chosen.
            browser.open(service.url() + "/?state=");
            untilLive();
            await().atMost(PATIENCE).until(() -> browser.find("#shown").getText(), "0 of 2 containers."::equals);
        }
    }

    @Test
    void manyContainersAreCountedAndTheFirstShown() {
        try (Service service = Service.owning(root())) {
            StatusStore store = service.bean(StatusStore.class);
            Flux.range(0, 600)
                    .flatMap(i -> store.create("c%03d".formatted(i), running(i + 1)))
                    .blockLast(PATIENCE);
            browser.open(service.url());
            untilLive();

            await().atMost(PATIENCE).until(() -> browser.rows().size() == 500);
            assertThat(List.copyOf(browser.rows().keySet()))
                    .isEqualTo(
                            IntStream.range(0, 500).mapToObj("c%03d"::formatted).toList());
            assertThat(browser.find("#shown").getText()).isEqualTo("600 containers; the first 500 are shown.");
            type("[name=prefix]", "c59");
            await().atMost(PATIENCE).until(() -> browser.rows().size() == 10);
        }
    }

    @Test
    void textOfAStatusIsNoMarkup() {
        try (Service service = Service.owning(root())) {
            StatusStore store = service.bean(StatusStore.class);
            String markup = "<img src=x onerror='document.title=1'>";
            store.create("web", running(1).toBuilder().message(markup).build()).block(PATIENCE);
            browser.open(service.url());

            untilRows(Map.of("web", "RUNNING pid 1: " + markup));
            assertThat(browser.findAll("td img")).isEmpty();
        }
    }

    @Test
    void theTimeLineShowsTheStatesInTheirProportion() {
        try (Service service = Service.owning(root())) {
            Instant now = Instant.now();
            service.bean(StatusStore.class)
                    .create(
                            "web",
                            StatusTransitions.exited(
                                    started(created(now.minusSeconds(240)), 1, now.minusSeconds(180)),
                                    3,
                                    now.minusSeconds(60)))
                    .block(PATIENCE);
            browser.open(service.url());
            untilLive();
            await().atMost(PATIENCE).until(() -> browser.rows().size() == 1);

            List<?> parts = (List<?>) browser.run("""
                    const line = document.querySelector('.timeline').getBoundingClientRect();
                    return Array.from(document.querySelectorAll('.timeline span'), part => {
                        const bounds = part.getBoundingClientRect();
                        return [part.className, (bounds.left - line.left) / line.width, (bounds.right - line.left) / line.width];
                    });""");

            assertThat(parts).hasSize(3);
            assertPart(parts.get(0), "created", 0.2, 0.4);
            assertPart(parts.get(1), "running", 0.4, 0.8);
            assertPart(parts.get(2), "failed", 0.8, 1);
            assertThat(browser.find(".timeline").getDomAttribute("aria-label"))
                    .containsSubsequence("created ", "running ", "failed ");
        }
    }

    private static void assertPart(Object part, String state, double from, double to) {
        List<?> values = (List<?>) part;
        assertThat(values.get(0)).isEqualTo(state);
        // Some seconds of the five minutes may have passed.
        assertThat(((Number) values.get(1)).doubleValue()).isBetween(from - 0.1, from + 0.001);
        assertThat(((Number) values.get(2)).doubleValue()).isBetween(to - 0.1, to + 0.001);
    }

    /** One container of each kind, as if the node had worked for some minutes. */
    private void createAllStates(StatusStore store, Instant now) {
        Map<String, Status> statuses = new LinkedHashMap<>();
        statuses.put("api-1", started(created(now.minusSeconds(282)), 18211, now.minusSeconds(281)));
        statuses.put("api-2", started(created(now.minusSeconds(70)), 18530, now.minusSeconds(68)));
        statuses.put(
                "backup",
                StatusTransitions.exited(
                        started(created(now.minusSeconds(250)), 18302, now.minusSeconds(249)),
                        0,
                        now.minusSeconds(130)));
        statuses.put(
                "cache",
                StatusTransitions.oomKilled(StatusTransitions.exited(
                        started(created(now.minusSeconds(240)), 18310, now.minusSeconds(238)),
                        137,
                        now.minusSeconds(95))));
        statuses.put(
                "import",
                StatusTransitions.exited(
                        started(created(now.minusSeconds(160)), 18402, now.minusSeconds(120)),
                        3,
                        now.minusSeconds(24)));
        statuses.put("mailer", created(now.minusSeconds(45)));
        statuses.put("report", created(now.minusSeconds(12)));
        statuses.put(
                "typo",
                StatusTransitions.startFailed(
                        created(now.minusSeconds(200)),
                        now.minusSeconds(199),
                        "command \"no-such-command\" not found"));
        statuses.forEach((id, status) -> store.create(id, status).block(PATIENCE));
        store.find("report").apply(StatusTransitions.beginStart()).block(PATIENCE);
    }

    /** The names of what {@code document.body} shows with too little contrast to its ground, by WCAG's formula. */
    private static final String LOW_CONTRAST = """
            const parse = color => color.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(part => part / 255)
                .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
            const ground = element => {
                const color = parse(getComputedStyle(element).backgroundColor);
                return color.length === 4 && color[3] === 0 ? ground(element.parentElement) : color;
            };
            const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            return [...document.querySelectorAll('body *')]
                .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                .filter(element => element.checkVisibility())
                .map(element => [element.tagName + ' ' + element.textContent.trim(),
                    ratio(light(parse(getComputedStyle(element).color)), light(ground(element)))])
                .filter(([, contrast]) => contrast < 4.5);""";

    @Test
    void allStatesCanBeReadInLightAndDark() throws Exception {
        Files.createDirectories(root().resolve("search"));
        Files.writeString(root().resolve("search/status"), "{\"Version\":\"v1\",\"Pid\":184");
        try (Service service = Service.owning(root())) {
            createAllStates(service.bean(StatusStore.class), Instant.now());
            browser.open(service.url());
            untilLive();
            await().atMost(PATIENCE).until(() -> browser.rows().size() == 9);

            for (String scheme : List.of("light", "dark")) {
                browser.prefer(scheme);
                assertThat((List<?>) browser.run(LOW_CONTRAST)).isEmpty();
                takePicture(scheme);
            }
            assertThat(browser.rows().get("report")).startsWith("CREATED, starting");
            assertThat(browser.rows().get("search")).startsWith("UNKNOWN");
        } finally {
            browser.prefer("light");
        }
    }

    /** For docs/service-example.md, where {@code -Dstatus.pictures} names a folder. */
    private void takePicture(String scheme) {
        String pictures = System.getProperty("status.pictures");
        if (pictures != null) {
            // The folder of the test says nothing to a reader.
            browser.run("""
                    for (const element of document.querySelectorAll('#root, .details')) {
                        element.textContent = element.textContent.replace(arguments[0], '/run/node');
                    }""", folder.toString());
            try {
                browser.picture(Files.createDirectories(Path.of(pictures)).resolve(scheme + ".png"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void aTableIsMarkedUpAsOne() {
        try (Service service = Service.owning(root())) {
            service.bean(StatusStore.class).create("web", running(1)).block(PATIENCE);
            browser.open(service.url());
            untilRows(Map.of("web", "RUNNING pid 1"));

            assertThat(browser.find("tbody th").getDomAttribute("scope")).isEqualTo("row");
            assertThat(browser.findAll("thead th[scope=col]")).hasSize(6);
            assertThat(browser.find(".scroll").getAccessibleName()).isEqualTo("Containers of this node, by id");
            assertThat(browser.findAll("input, select, button").stream().filter(WebElement::isDisplayed))
                    .allSatisfy(
                            control -> assertThat(control.getAccessibleName()).isNotBlank());
            // Only what a screen reader has to read aloud is announced: not the table, which may change all the time.
            assertThat(browser.findAll("[role=status], [role=alert], [aria-live], output").stream()
                            .map(live -> live.getDomAttribute("id")))
                    .containsExactlyInAnyOrder("connection", "result");
        }
    }
}
