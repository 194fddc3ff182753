package io.containerstatus.examples.service;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.SessionNotCreatedException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** Debian's Chromium, without a window. */
final class Browser implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    /** A test that is skipped for the want of a browser would pass unnoticed where there should be one. */
    private static final boolean REQUIRED = System.getProperty("status.browser.required") != null;

    private static final Dimension SIZE = new Dimension(1_280, 960);

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts it with a profile in this folder; skips the test with the reason where that is not possible. */
    static Browser start(Path folder) {
        for (Path program : List.of(PROGRAM, DRIVER)) {
            assumeTrue(REQUIRED || Files.isExecutable(program), "there is no " + program);
        }
        ChromeOptions options = new ChromeOptions()
                .setBinary(PROGRAM.toFile())
                .addArguments(
                        "--headless",
                        // Chromium has no sandbox for root.
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--no-proxy-server",
                        "--window-size=%d,%d".formatted(SIZE.width, SIZE.height),
                        "--user-data-dir=" + folder.resolve("profile"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build();
        try {
            return new Browser(new ChromeDriver(service, options));
        } catch (SessionNotCreatedException e) {
            service.stop();
            assumeTrue(REQUIRED, "Chromium cannot start: " + e.getMessage());
            throw e;
        }
    }

    void open(String url) {
        driver.get(url);
    }

    /** Opens another window, which the calls after this one are about, and returns the one before. */
    String openWindow(String url) {
        String before = driver.getWindowHandle();
        driver.switchTo().newWindow(WindowType.WINDOW);
        open(url);
        return before;
    }

    String window() {
        return driver.getWindowHandle();
    }

    /** Has the calls after this one be about this window. */
    void select(String window) {
        driver.switchTo().window(window);
    }

    void toBackground() {
        driver.manage().window().minimize();
    }

    void toFront() {
        driver.manage().window().setSize(SIZE);
    }

    void closeWindow() {
        driver.close();
    }

    WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    List<WebElement> findAll(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    /** Returns the element that has the focus. */
    WebElement focused() {
        return driver.switchTo().activeElement();
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** What the status line says of the connection. */
    String connection() {
        return find("#connection").getText();
    }

    /** Returns the rows in their order: state and details, by id. */
    Map<String, String> rows() {
        Object rows = run("""
                return Array.from(document.querySelectorAll('tbody tr'), row =>
                    [row.cells[0], row.cells[1], row.cells[3]].map(cell => cell.textContent));""");
        Map<String, String> byId = new LinkedHashMap<>();
        for (Object row : (List<?>) rows) {
            List<?> cells = (List<?>) row;
            byId.put((String) cells.get(0), cells.get(1) + " " + cells.get(2));
        }
        return byId;
    }

    /** Has the page be as its reader prefers it: {@code light} or {@code dark}. */
    void prefer(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void picture(Path file) throws IOException {
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
